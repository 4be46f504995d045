"""Compose: which rows the release holds, how each is asked for, and its side of the split."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from prefect import task

from storage.ahead import read_outputs
from storage.memo import read_memo, write_memo
from storage.outputs import output_key, peek_output
from storage.schemas import COMPOSED_SCHEMA
from tasks.sft.whole import run_whole_stage
from tasks.stage import StageName, StageTables, split_rejected
from vincicoder.compose import (
    Candidates,
    Draw,
    Quota,
    QuotaResult,
    ReleaseRecipe,
    chart_type_of,
    draw_rows,
    has_media_tag,
    instruction_for,
    split_of,
)
from vincicoder.compose.draw import LOW_QUALITY, NOT_ASKED, OVER_QUOTA, TAKEN
from vincicoder.compose.recipe import SELECTABLE
from vincicoder.sample import Reason, Rejection, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

logger = logging.getLogger("vincicoder")

STAGE = StageName("compose", 3)

_REASONS = {
    OVER_QUOTA: Reason.COMPOSE_OVER_QUOTA,
    LOW_QUALITY: Reason.COMPOSE_LOW_QUALITY,
    NOT_ASKED: Reason.COMPOSE_NOT_ASKED,
}


class RecipeShortfallError(UserError):
    """The recipe asks for more rows than there are, and the build is strict."""


@task(**STAGE.whole_task)
def compose_rows(
    home: Home, previous: Sequence[StageOutput], recipe: ReleaseRecipe, strict: bool = False
) -> list[StageOutput]:
    """Apply a recipe over all shards; give every row that stays its instruction and split.

    A quota that can't be filled is a warning, or, with `strict`, raises `RecipeShortfallError`.
    """

    def decide() -> list[list[list[int]]]:
        drawn = draw_from(home, previous, recipe)
        _write_results(home, previous, recipe, drawn.results)
        _report(drawn.results, recipe, strict)
        decisions: list[list[list[int]]] = []
        first = 0
        for output in previous:
            verdicts = drawn.verdicts[first : first + output.rows_kept]
            quotas = drawn.quota[first : first + output.rows_kept]
            rejected = np.flatnonzero(verdicts != TAKEN).tolist()
            decisions.append([[row, int(verdicts[row]), int(quotas[row])] for row in rejected])
            first += output.rows_kept
        return decisions

    def apply(table: pa.Table, decision: list[list[int]]) -> StageTables:
        rejections = {
            row: Rejection(
                _REASONS[verdict],
                _detail(recipe, verdict, quota),
                *(_out_of_bounds(recipe, quota, table, row) if verdict == LOW_QUALITY else ()),
            )
            for row, verdict, quota in decision
        }
        for row, code in enumerate(table["code"].to_pylist()):
            if row not in rejections and has_media_tag(code):
                rejections[row] = Rejection(
                    Reason.COMPOSE_MEDIA_TAG, "the code holds a tag that trainers take for a picture's place"
                )
        seconds = {row: table["render_seconds"][row].as_py() for row in rejections}
        parted = split_rejected(STAGE, table, rejections, seconds)
        return StageTables(_composed(parted.kept, recipe), parted.rejected)

    known = home.exists(_results_file(previous, recipe))
    if known:  # reported again by a later build of the same rows
        _report(composition(home, previous, recipe), recipe, strict)
    return run_whole_stage(
        home,
        STAGE,
        previous=previous,
        parameters=recipe.model_dump(mode="json"),
        decide=decide,
        apply=apply,
    )


def composition(home: Home, previous: Sequence[StageOutput], recipe: ReleaseRecipe) -> list[QuotaResult]:
    """Return what each quota wanted, found and took; drawn once, then remembered in the home."""
    memo = _results_file(previous, recipe)
    remembered = read_memo(home, memo)
    if remembered is not None:
        return [QuotaResult(**fields) for fields in remembered]
    results = draw_from(home, previous, recipe).results
    _write_results(home, previous, recipe, results)
    return results


def released_tasks(home: Home, composed: Sequence[StageOutput]) -> dict[str, dict[str, int]]:
    """Return how many rows of each task each source has in the composed outputs; counted once, then
    remembered in the home."""
    key = output_key(f"{STAGE.name}.tasks", 1, {}, [output.key for output in composed])
    memo = f"stages/{STAGE.name}/{key}.tasks.json"
    content = [output.content for output in composed]
    remembered = read_memo(home, memo)
    if remembered is not None and remembered["content"] == content:
        known: dict[str, dict[str, int]] = remembered["tasks"]
        return known
    tasks: dict[str, Counter[str]] = defaultdict(Counter)
    for output in composed:
        tasks[output.source].update(peek_output(home, output, ["task"])["task"].to_pylist())
    counts = {source: dict(sorted(one.items())) for source, one in sorted(tasks.items())}
    write_memo(home, memo, {"content": content, "tasks": counts})
    return counts


def _results_file(previous: Sequence[StageOutput], recipe: ReleaseRecipe) -> str:
    inputs = [output.key for output in previous]
    key = output_key(f"{STAGE.name}.results", STAGE.version, recipe.model_dump(mode="json"), inputs)
    return f"stages/{STAGE.name}/{key}.results.json"


def _write_results(
    home: Home, previous: Sequence[StageOutput], recipe: ReleaseRecipe, results: Sequence[QuotaResult]
) -> None:
    write_memo(home, _results_file(previous, recipe), [asdict(result) for result in results])


def draw_from(home: Home, previous: Sequence[StageOutput], recipe: ReleaseRecipe) -> Draw:
    """Draw a recipe's rows from the kept rows of all shards, one shard's code in memory at a time."""
    ids: list[str] = []
    texts: dict[str, list[str | None]] = {name: [] for name in SELECTABLE}
    lengths: list[pa.ChunkedArray] = []
    numbers: dict[str, list[Any]] = {name: [] for name in recipe.bounds}
    for table in read_outputs(home, previous):
        missing = [name for name in recipe.bounds if name not in table.column_names]
        if missing:
            raise KeyError(
                f"recipe {recipe.name} bounds {', '.join(missing)}; there are {', '.join(table.column_names)}"
            )
        ids += table["sample_id"].to_pylist()
        for name in SELECTABLE:
            if name == "chart_type":
                texts[name] += chart_types(table)
            elif name in table.column_names:
                texts[name] += table[name].to_pylist()
            else:
                texts[name] += [None] * table.num_rows
        lengths.append(pc.utf8_length(table["code"]).cast(pa.int64()).to_numpy())
        for name, values in numbers.items():
            values.append(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False))
    return draw_rows(
        Candidates(
            ids,
            texts,
            np.concatenate(lengths) if lengths else np.empty(0, np.int64),
            {name: np.concatenate(values) for name, values in numbers.items()},
        ),
        recipe,
    )


def chart_types(table: pa.Table) -> list[str]:
    """Return the kind of drawing of each row."""
    pairs = zip(table["language"].to_pylist(), table["code"].to_pylist(), strict=True)
    return [chart_type_of(language, code) for language, code in pairs]


def shortfalls(results: Sequence[QuotaResult]) -> list[QuotaResult]:
    return [result for result in results if result.shortfall]


def _report(results: Sequence[QuotaResult], recipe: ReleaseRecipe, strict: bool) -> None:
    short = shortfalls(results)
    if not short:
        return
    listed = "; ".join(f"{one.name}: {one.taken} of {one.wanted}" for one in short)
    message = f"recipe {recipe.name} asks for more than there is: {listed}"
    if strict:
        raise RecipeShortfallError(f"{message}. Add sources, lower the quotas, or build without --strict")
    logger.warning("%s", message)


def _detail(recipe: ReleaseRecipe, verdict: int, quota: int) -> str:
    name = recipe.quotas[quota].name if quota >= 0 else "others"
    if verdict == OVER_QUOTA:
        return f"recipe {recipe.name}, quota {name}: full, or its cap a source"
    if verdict == LOW_QUALITY:
        return f"recipe {recipe.name}, quota {name}: outside its bounds"
    return f"recipe {recipe.name} asks for no such rows"


def _out_of_bounds(
    recipe: ReleaseRecipe, quota: int, table: pa.Table, row: int
) -> tuple[float, float] | tuple[()]:
    """The first value of a row that a bound of the recipe or its quota excludes, and that bound."""
    holders: list[ReleaseRecipe | Quota] = [recipe, *([recipe.quotas[quota]] if quota >= 0 else [])]
    for one in holders:
        for bounds, sign in ((one.minimum, 1), (one.maximum, -1)):
            for name, bound in bounds.items():
                value = table[name][row].as_py()
                if value is not None and sign * value < sign * bound:
                    return float(value), bound
    return ()


def _composed(kept: pa.Table, recipe: ReleaseRecipe) -> pa.Table:
    names = ("sample_id", "domain", "language", "task", "flawed_code", "flaw_error", "data_files")
    columns = [kept[name].to_pylist() for name in names]
    columns[-1] = [[file["name"] for file in files] for files in columns[-1]]
    instructions = list(map(instruction_for, *columns))
    splits = [split_of(cluster, recipe.validation_percent) for cluster in kept["cluster_id"].to_pylist()]
    for name, values in (
        ("chart_type", chart_types(kept)),
        ("instruction", instructions),
        ("split", splits),
    ):
        kept = kept.append_column(name, pa.array(values, pa.string()))
    return kept.select(COMPOSED_SCHEMA.names).cast(COMPOSED_SCHEMA)
