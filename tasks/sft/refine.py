"""Refine: flawed code for a share of the samples, rendered and kept where it counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.outputs import peek_output
from storage.renders import RenderIndex, RenderPlace, name_of_output, place_of_output, read_renders
from storage.schemas import FLAW_SCHEMA, REFINE_FIELDS, RENDERS_SCHEMA
from tasks.model_answers import refinement_answers
from tasks.sft.engine import shared_engine
from tasks.sft.programs import Program, render_programs
from tasks.stage import StageName, StageTables, read_shard, run_stage, split_rejected, stop_if_asked
from vincicoder.refine.config import RefineConfig, create_maker
from vincicoder.refine.judge import (
    SAME_PICTURE,
    FlawOutcome,
    FlawVerdict,
    RefineLimits,
    difficulty,
    is_usable,
    judge_failure,
    judge_picture,
    read_target,
)
from vincicoder.refine.protocol import Target
from vincicoder.render import fingerprint
from vincicoder.render.registry import language_on
from vincicoder.sample import Task, make_sample_id
from vincicoder.shares import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.refine.protocol import Flaw, Maker
    from vincicoder.render import RenderEngine, RenderLimits
    from vincicoder.similarity.compare import View

STAGE = StageName("refine", 3)

# Targets whose pictures are in memory at a time.
_BATCH_ROWS = 64


@task(**STAGE.shard_task)
def refine_shard(
    home: Home,
    source: str,
    shard: int,
    previous: StageOutput,
    index: RenderIndex,
    limits: RenderLimits,
    refine: RefineConfig,
    workers: int,
    require_sandbox: bool,
) -> StageOutput:
    """Keep all rows of a shard, and add a refinement version of some."""
    maker = create_maker(refine, partial(refinement_answers, home))
    # Whether there is anything to do is asked of two short columns; most times there is not.
    renderers = _renderers(peek_output(home, previous, ["language", "stack"])) if maker else []
    fingerprints = {renderer: fingerprint(renderer) for renderer in sorted(set(renderers))}

    def compute(key: str) -> StageTables:
        table = read_shard(home, previous)
        work = _Work(
            home,
            key,
            index,
            renderers,
            table["data_files"].to_pylist(),
            table["pixels_sha256"].to_pylist(),
            fingerprints,
            refine.limits,
        )
        if maker is not None:
            rows = _chosen(table, refine.share_percent)
            for first in range(0, len(rows), _BATCH_ROWS):
                stop_if_asked(home)
                engine = shared_engine(limits, workers=workers, require_sandbox=require_sandbox)
                work.refine(maker, _targets(home, table, rows[first : first + _BATCH_ROWS]), engine)
        return _tables(table, work)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters={
            "maker": maker.describe() if maker else None,
            "share_percent": refine.share_percent,
            "limits": asdict(refine.limits),
            "render_limits": asdict(limits),
            "fingerprints": fingerprints,
        },
        inputs=[previous],
        rows_in=previous.rows_kept,
        compute=compute,
    )


def _renderers(table: pa.Table) -> list[str]:
    """The renderer of each row's picture, which draws its flawed code too: of its language, on its stack."""
    rows = zip(table["language"].to_pylist(), table["stack"].to_pylist(), strict=True)
    return [language_on(language, stack) if stack else language for language, stack in rows]


def _chosen(table: pa.Table, share_percent: float) -> list[int]:
    """The rows to be refined: a share decided by the hash of their ids, whatever shard they are in."""
    names = table["sample_id"].to_pylist()
    return [row for row, name in enumerate(names) if percent(f"refine\0{name}") < share_percent]


def _targets(home: Home, table: pa.Table, rows: Sequence[int]) -> dict[int, Target]:
    picked = table.take(pa.array(rows, pa.int64()))
    columns = ("sample_id", "domain", "language", "code", "render_output", "render_row")
    found = list(zip(*(picked[name].to_pylist() for name in columns), strict=True))
    images = read_renders(home, [RenderPlace(output, row) for *_, output, row in found], ["png"])
    return {
        number: Target(sample_id, domain, language, code, images[RenderPlace(output, row)]["png"])
        for number, (sample_id, domain, language, code, output, row) in zip(rows, found, strict=True)
    }


@dataclass(slots=True)
class _Work:
    """What gathers while a shard is refined: accepted flaws by row, tries, and new renders."""

    home: Home
    key: str
    index: RenderIndex
    renderers: list[str]  # by row
    data_files: list[list[dict[str, Any]]]  # by row
    digests: list[str]  # of the target's pixels, by row
    fingerprints: dict[str, str]
    limits: RefineLimits
    accepted: dict[int, dict[str, Any]] = field(default_factory=dict)
    tries: list[dict[str, Any]] = field(default_factory=list)
    renders: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, RenderPlace] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    views: dict[int, View] = field(default_factory=dict)  # of the targets at hand, by row

    def refine(self, maker: Maker, targets: dict[int, Target], engine: RenderEngine) -> None:
        """Ask the maker until each target has a flaw that counts, or the rounds are over."""
        rows = {target.sample_id: row for row, target in targets.items()}
        self.views.clear()
        for round_number in range(maker.rounds):
            pending = [target for row, target in targets.items() if row not in self.accepted]
            made = {rows[flaw.sample_id]: flaw for flaw in maker.make(pending, round_number)}
            flaws = [(row, made[row]) for row in sorted(made)]
            usable = [
                (row, flaw) for row, flaw in flaws if is_usable(flaw.code, targets[row].code, self.limits)
            ]
            verdicts = self._judge(usable, targets, engine)
            for row, flaw in flaws:
                verdict, result = verdicts.get(row, (FlawVerdict(FlawOutcome.UNUSABLE), {}))
                self._record(row, flaw, targets[row], round_number, verdict, result)

    def _judge(
        self, flaws: Sequence[tuple[int, Flaw]], targets: dict[int, Target], engine: RenderEngine
    ) -> dict[int, tuple[FlawVerdict, dict[str, Any]]]:
        programs = [
            Program(targets[row].sample_id, self.renderers[row], flaw.code, self.data_files[row])
            for row, flaw in flaws
        ]
        columns = [name for name in RENDERS_SCHEMA.names if name != "thumbnail"]
        done = render_programs(self.home, programs, self.index, self.fingerprints, engine, columns)
        for number, place in done.known.items():
            self.places[done.renders[number]["render_key"]] = place
            self.known.add(name_of_output(place.output))
        for number in done.fresh:
            key = done.renders[number]["render_key"]
            if key not in self.places:
                self.places[key] = RenderPlace(place_of_output(STAGE.name, self.key), len(self.renders))
                self.renders.append(done.renders[number])
        verdicts = {}
        for number, (row, _) in enumerate(flaws):
            render = done.renders[number]
            verdicts[row] = (self._verdict(row, targets[row], render), render)
        return verdicts

    def _verdict(self, row: int, target: Target, render: dict[str, Any]) -> FlawVerdict:
        if render["reason"] is not None:
            return judge_failure(target.sample_id, render["reason"], render["detail"], self.limits)
        if render["pixels_sha256"] == self.digests[row]:
            return SAME_PICTURE
        if row not in self.views:
            self.views[row] = read_target(target.image)
        return judge_picture(self.views[row], render["png"], self.limits)

    def _record(
        self,
        row: int,
        flaw: Flaw,
        target: Target,
        round_number: int,
        verdict: FlawVerdict,
        render: dict[str, Any],
    ) -> None:
        kinds = list(flaw.kinds)
        self.tries.append(
            {
                "sample_id": flaw.sample_id,
                "language": target.language,
                "round": round_number,
                "maker": flaw.maker,
                "kinds": kinds,
                "detail": flaw.detail,
                "outcome": verdict.outcome.value,
                "similarity": verdict.similarity,
            }
        )
        if not verdict.counts:
            return
        place = self.places[render["render_key"]]
        self.accepted[row] = {
            "target_id": flaw.sample_id,
            "flawed_code": flaw.code,
            "flaw_maker": flaw.maker,
            "flaw_kinds": kinds,
            "flaw_detail": flaw.detail,
            "flaw_error": render["detail"] if render["reason"] else None,
            "flaw_similarity": verdict.similarity,
            "difficulty": difficulty(flaw.code, target.code, len(flaw.kinds), verdict.similarity),
            "flawed_output": place.output,
            "flawed_row": place.row,
        }


def _tables(table: pa.Table, work: _Work) -> StageTables:
    rows = sorted(work.accepted)
    made = table.take(pa.array(rows, pa.int64()))
    names = zip(made["source"].to_pylist(), made["source_id"].to_pylist(), rows, strict=True)
    ids = [
        make_sample_id(source, source_id, Task.REFINE, work.accepted[row]["flawed_code"])
        for source, source_id, row in names
    ]
    for name, values in (("sample_id", ids), ("task", [Task.REFINE.value] * len(rows))):
        column = made.schema.get_field_index(name)
        made = made.set_column(column, made.schema.field(name), pa.array(values, pa.string()))
    for column_field in REFINE_FIELDS:
        values = [work.accepted[row][column_field.name] for row in rows]
        made = made.append_column(column_field, pa.array(values, column_field.type))
        table = table.append_column(column_field, pa.nulls(table.num_rows, column_field.type))
    kept = pa.concat_tables([table, made.cast(table.schema)])
    return StageTables(
        kept,
        split_rejected(STAGE, table, {}).rejected,
        {
            "flaws": pa.Table.from_pylist(work.tries, FLAW_SCHEMA),
            "renders": pa.Table.from_pylist(work.renders, RENDERS_SCHEMA),
        },
        rows_made=len(rows),
        places=frozenset(work.known),
    )
