"""What a build would do: sources, shards, and the yield of each quota. Nothing is started."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flows.plan import plan_build
from storage.catalog import open_catalog
from storage.home import Home
from storage.outputs import find_output
from storage.release import current_version, read_manifest, release_folder
from tasks.sft.compose import draw_from
from vincicoder.compose import load_recipe
from vincicoder.sample import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.plan import BuildPlan
    from storage.catalog import SourceEntry
    from storage.outputs import StageOutput
    from vincicoder.compose import Quota, ReleaseRecipe
    from vincicoder.config import BuildConfig

# What may differ between two builds whose rows before the recipe are the same.
_WITHOUT_INFLUENCE = frozenset({"recipe", "profile", "limit", "strict", "shard_rows", "vincicoder"})


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """`rows` and `shards` to be collected; `finished` where the current release holds the outcome of exactly
    these rows. `note` says why a source is left out."""

    name: str
    domain: str
    languages: tuple[str, ...]
    rows: int
    shards: int
    finished: bool
    note: str


@dataclass(frozen=True, slots=True)
class QuotaYield:
    """What a quota would give. `wanted` null takes all. `finished` rows are there already and pass the
    recipe; `at_most` is what the sources not yet built could add if every row passed; `expected` is what
    the quota takes of both."""

    name: str
    wanted: int | None
    finished: int
    at_most: int
    expected: int

    @property
    def shortfall(self) -> int:
        return max(0, (self.wanted or 0) - self.expected)


@dataclass(frozen=True, slots=True)
class DryRun:
    """The plan of a build."""

    recipe: str
    home: str
    rows: int
    shards: int
    sources: list[PlannedSource]
    quotas: list[QuotaYield]

    def as_json(self) -> dict[str, Any]:
        quotas = [{**asdict(quota), "shortfall": quota.shortfall} for quota in self.quotas]
        return {**asdict(self), "quotas": quotas}


def dry_run(config: BuildConfig, home_uri: str, recorded: dict[str, Any]) -> DryRun:
    """Look at sources and finished outputs, and count; nothing is collected, rendered or written.

    `recorded` is the configuration as a manifest would keep it: finished outputs count only where they
    were made with the same. Raises as the build itself would for a bad recipe or a missing source.
    """
    recipe = load_recipe(config.recipe)
    plan = plan_build(config)
    home = Home(home_uri)
    rows, shards = _counts(plan)
    outputs = _finished(home, plan, rows, recorded)
    done = {output.source for output in outputs}
    left = {
        entry.name: (entry, rows[entry.name])
        for entry in plan.sources
        if entry.available and entry.name not in done
    }
    share = config.refine.share_percent if config.refine.maker != "none" else 0.0
    return DryRun(
        recipe=recipe.name,
        home=home.uri,
        rows=plan.rows,
        shards=len(plan.shards),
        sources=[
            PlannedSource(
                entry.name,
                entry.domain,
                entry.languages,
                rows.get(entry.name, 0),
                shards.get(entry.name, 0),
                entry.name in done,
                entry.note,
            )
            for entry in plan.sources
        ],
        quotas=_yields(home, recipe, outputs, left, share),
    )


def _counts(plan: BuildPlan) -> tuple[dict[str, int], dict[str, int]]:
    rows: dict[str, int] = {entry.name: 0 for entry in plan.sources}
    shards: dict[str, int] = {}
    for source, _, part in plan.shards:
        rows[source.info.name] += len(part.positions)
        shards[source.info.name] = shards.get(source.info.name, 0) + 1
    return rows, shards


def _finished(
    home: Home, plan: BuildPlan, rows: dict[str, int], recorded: dict[str, Any]
) -> list[StageOutput]:
    """The refine stage's outputs behind the current release, of sources planned as they were."""
    version = current_version(home, "sft")
    manifest = read_manifest(home, "sft", version) if version else None
    if version is None or manifest is None or not home.is_local:
        return []
    if _deciding(manifest.config) != _deciding(recorded):
        return []
    with open_catalog(home.local_path(f"{release_folder('sft', version)}/catalog.duckdb")) as catalog:
        collected = dict(catalog.execute("SELECT name, collected FROM sources WHERE available").fetchall())
    same = {
        entry.name
        for entry in plan.sources
        if entry.available
        and manifest.inputs.get(entry.name) == entry.revision
        and collected.get(entry.name) == rows[entry.name]
    }
    composed = [find_output(home, "compose", key) for key in manifest.stage_outputs]
    found = [find_output(home, "refine", one.inputs[0]) for one in composed if one and one.source in same]
    return [output for output in found if output is not None]


def _deciding(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in _WITHOUT_INFLUENCE}


def _yields(
    home: Home,
    recipe: ReleaseRecipe,
    outputs: Sequence[StageOutput],
    left: dict[str, tuple[SourceEntry, int]],
    refine_percent: float,
) -> list[QuotaYield]:
    drawn = {result.name: result for result in draw_from(home, outputs, recipe).results} if outputs else {}
    unclaimed = {
        (name, task): round(rows * share)
        for name, (_, rows) in left.items()
        for task, share in ((Task.DIRECT.value, 1.0), (Task.REFINE.value, refine_percent / 100))
    }
    yields = []
    for quota in recipe.quotas:
        coming = 0
        for (name, task), rows in unclaimed.items():
            if _may_hold(quota, left[name][0], task):
                coming += rows if quota.max_rows_per_source is None else min(rows, quota.max_rows_per_source)
                # A row belongs to the first quota it meets; a narrower condition may leave some.
                if set(quota.where) <= {"domain", "source", "task"}:
                    unclaimed[name, task] = 0
        yields.append(_yield(quota.name, quota.rows, drawn, coming))
    if recipe.others == "take":
        yields.append(_yield("others", None, drawn, sum(unclaimed.values())))
        if not recipe.quotas and outputs:
            kept = sum(output.rows_kept for output in outputs)
            yields[-1] = QuotaYield("others", None, kept, yields[-1].at_most, kept + yields[-1].at_most)
    return yields


def _yield(name: str, wanted: int | None, drawn: dict[str, Any], coming: int) -> QuotaYield:
    result = drawn.get(name)
    available, taken = (result.available, result.taken) if result else (0, 0)
    expected = taken + coming if wanted is None else min(wanted, taken + coming)
    return QuotaYield(name, wanted, available, coming, expected)


def _may_hold(quota: Quota, source: SourceEntry, task: str) -> bool:
    """Whether rows of a source could meet a quota; what only its rows show (chart type) may always be met."""
    known = {
        "domain": (source.domain,),
        "source": (source.name,),
        "language": source.languages,
        "task": (task,),
    }
    return all(set(wanted) & set(known[name]) for name, wanted in quota.where.items() if name in known)
