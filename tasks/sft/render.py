"""Render: run every program of a shard that the cache does not know, in the sandboxed engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.outputs import peek_output
from storage.renders import RENDER_STAGE, RenderIndex, RenderPlace, name_of_output
from storage.schemas import RENDERED_SCHEMA, RENDERS_SCHEMA
from tasks.sft.engine import shared_engine
from tasks.sft.programs import Program, Rendered, render_programs
from tasks.stage import StageName, StageTables, read_shard, run_stage, split_rejected, stop_if_asked
from vincicoder.render import RenderLimits, fingerprint
from vincicoder.render.notes import merged
from vincicoder.render.on_stacks import asks_for_another_stack, is_better, name_that_failed, usable_stacks
from vincicoder.render.registry import language_on, may_name_a_stack, stack_named_in, why_unsupported
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.render import RenderEngine

STAGE = StageName(RENDER_STAGE, 5)

_CACHED_COLUMNS = [name for name in RENDERS_SCHEMA.names if name != "png"]
_ASKING = "on_other_stacks"  # the table of rows that a first stack's libraries have no name for


@task(**STAGE.shard_task)
def render_shard(
    home: Home,
    source: str,
    shard: int,
    previous: StageOutput,
    index: RenderIndex,
    limits: RenderLimits,
    workers: int,
    require_sandbox: bool,
    stack: str = "",
) -> StageOutput:
    """Render one shard. Programs the cache knows under the same fingerprint are not run again.

    Each is drawn on the stack that it names itself first, else on the source's ('' is today's). Only where
    some fail by a name that its libraries do not have, there is a second output, of the same rows, in which
    these are drawn on the other stacks that are installed here: so one more stack makes anew what failed, and
    nothing else.
    """
    places = {target: _places(*target, stack) for target in sorted(set(_targets_of(home, previous)))}
    first = {target: one[:1] for target, one in places.items()}
    others = {target: one[1:] for target, one in places.items() if len(one) > 1}

    def run(on: Mapping[_Target, Sequence[_Place]], parameters: Mapping[str, Any]) -> StageOutput:
        def compute(key: str) -> StageTables:
            stop_if_asked(home)
            engine = shared_engine(limits, workers=workers, require_sandbox=require_sandbox)
            return _render_table(home, read_shard(home, previous), key, index, on, engine, limits)

        return run_stage(
            home,
            STAGE,
            source=source,
            shard=shard,
            parameters=parameters,
            inputs=[previous],
            rows_in=previous.rows_kept,
            compute=compute,
        )

    # A language that cannot be drawn here has none; once it can, the key of this stage is another.
    fingerprints = {one[0].renderer: one[0].fingerprint for one in first.values()}
    parameters = {"fingerprints": fingerprints, "limits": asdict(limits)}
    output = run(first, parameters)
    if not others or f"{_ASKING}.parquet" not in output.files:
        return output
    further = {
        places[target][0].renderer: {place.stack: place.fingerprint for place in one}
        for target, one in others.items()
    }
    return run(places, {**parameters, "further": further})


# A language, and the stack that a program itself names ('' where it names none).
_Target = tuple[str, str]


def _targets_of(home: Home, output: StageOutput) -> list[_Target]:
    """The targets of a shard; its code is read only where a program may name a stack."""
    languages = peek_output(home, output, ["language"])["language"].to_pylist()
    if any(may_name_a_stack(language) for language in set(languages)):
        return _targets(peek_output(home, output, ["language", "code"]))
    return [(language, "") for language in languages]


def _targets(table: pa.Table) -> list[_Target]:
    rows = zip(table["language"].to_pylist(), table["code"].to_pylist(), strict=True)
    return [(language, stack_named_in(code, language)) for language, code in rows]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where programs of a language are drawn: the renderer's name, its stack and its fingerprint."""

    renderer: str
    stack: str
    fingerprint: str


def _places(language: str, named: str, stack: str) -> list[_Place]:
    found = [(language_on(language, one), one) for one in usable_stacks(language, stack, named)]
    return [
        _Place(name, one, "" if why_unsupported(name) else fingerprint(name))
        for name, one in found or [(language, "")]
    ]


@dataclass(slots=True)
class _Drawn:
    """What came of the rows: the render that counts, its place and who drew it; and all that was run."""

    renders: dict[int, dict[str, Any]] = field(default_factory=dict)
    places: dict[int, RenderPlace] = field(default_factory=dict)
    by: dict[int, _Place] = field(default_factory=dict)
    fresh: list[dict[str, Any]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    asking: list[int] = field(default_factory=list)  # rows of which no stack so far has the names
    names: dict[int, list[str]] = field(default_factory=dict)  # notes of these names


def _render_table(
    home: Home,
    table: pa.Table,
    key: str,
    index: RenderIndex,
    on: Mapping[_Target, Sequence[_Place]],
    engine: RenderEngine,
    limits: RenderLimits,
) -> StageTables:
    columns = ("source_id", "code", "data_files")
    rows = list(zip(*(table[name].to_pylist() for name in columns), strict=True))
    targets = _targets(table)
    drawn = _Drawn(asking=list(range(table.num_rows)))
    for turn in range(max(map(len, on.values()), default=1)):
        numbers = [row for row in drawn.asking if turn < len(on[targets[row]])]
        by = {row: on[targets[row]][turn] for row in numbers}
        programs = [Program(name, by[row].renderer, *rest) for row in numbers for name, *rest in [rows[row]]]
        fingerprints = {place.renderer: place.fingerprint for place in by.values()}
        done = render_programs(home, programs, index, fingerprints, engine, _CACHED_COLUMNS)
        for number, row in enumerate(numbers):
            _take(drawn, row, by[row], done, number, key)
    renders = pa.Table.from_pylist(drawn.fresh, RENDERS_SCHEMA)
    split = _split(table, drawn, renders, limits)
    return replace(split, places=frozenset(drawn.known))


def _take(drawn: _Drawn, row: int, by: _Place, done: Rendered, number: int, key: str) -> None:
    """Let a render count for its row, where it is the row's first or better than those before."""
    render = done.renders[number]
    if number in done.known:
        place = done.known[number]
    else:
        place = RenderPlace(key, len(drawn.fresh))
        drawn.fresh.append(render)
    is_drawn, notes = render["reason"] is None, render["notes"]
    names = drawn.names.setdefault(row, [])
    before = drawn.renders.get(row)
    if before is None or is_better(is_drawn, notes, before["reason"] is None):
        if number in done.known:
            drawn.known.add(name_of_output(place.output))
        if is_drawn:
            render = {**render, "notes": list(merged(names, notes))}
        drawn.renders[row], drawn.places[row], drawn.by[row] = render, place, by
    if asks_for_another_stack(notes):
        names.append(name_that_failed(notes))
    else:
        drawn.asking.remove(row)


def _split(table: pa.Table, drawn: _Drawn, new_renders: pa.Table, limits: RenderLimits) -> StageTables:
    renders = drawn.renders
    rejections = {
        row: Rejection(Reason(render["reason"]), render["detail"], *_threshold(render, limits))
        for row, render in sorted(renders.items())
        if render["reason"] is not None
    }
    seconds = {row: render["render_seconds"] for row, render in renders.items()}
    parted = split_rejected(STAGE, table, rejections, seconds)
    kept_rows = [row for row in range(table.num_rows) if row not in rejections]
    kept = parted.kept
    added: dict[str, list[Any]] = {
        name: [renders[row][name] for row in kept_rows]
        for name in ("image_width", "image_height", "pixels_sha256", "phash", "thumbnail", "render_seconds")
    }
    added["render_notes"] = [renders[row]["notes"] for row in kept_rows]
    added["image_origin"] = ["rendered"] * len(kept_rows)
    added["render_fingerprint"] = [drawn.by[row].fingerprint for row in kept_rows]
    added["stack"] = [drawn.by[row].stack or None for row in kept_rows]
    added["render_output"] = [drawn.places[row].output for row in kept_rows]
    added["render_row"] = [drawn.places[row].row for row in kept_rows]
    for column in RENDERED_SCHEMA:
        if column.name in added:
            kept = kept.append_column(column, pa.array(added[column.name], column.type))
    extra = {"renders": new_renders}
    if drawn.asking:
        extra[_ASKING] = table.select(["sample_id"]).take(pa.array(drawn.asking, pa.int64()))
    return StageTables(kept.select(RENDERED_SCHEMA.names), parted.rejected, extra)


def _threshold(render: Mapping[str, Any], limits: RenderLimits) -> tuple[float | None, float | None]:
    """What was measured and the bound, for refusals by a bound: seconds, MB. Of memory and output no value
    is known, as the sample is stopped at the bound."""
    reason = Reason(render["reason"])
    if reason is Reason.RENDER_TIMEOUT:
        of_cpu = "CPU" in render["detail"]
        return render["render_seconds"], limits.cpu_seconds if of_cpu else limits.wall_seconds
    if reason is Reason.RENDER_OUT_OF_MEMORY:
        return None, float(limits.memory_mb)
    if reason is Reason.RENDER_OUTPUT_LIMIT:
        return None, float(limits.output_mb)
    return None, None
