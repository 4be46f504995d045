"""Render: run every program of a shard that the cache does not know, in the sandboxed engine."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.renders import RENDER_STAGE, RenderIndex, RenderPlace, name_of_output
from storage.schemas import RENDERED_SCHEMA, RENDERS_SCHEMA
from tasks.sft.engine import shared_engine
from tasks.sft.programs import Program, render_programs
from tasks.stage import StageName, StageTables, read_shard, run_stage, split_rejected, stop_if_asked
from vincicoder.render import RenderLimits, fingerprint
from vincicoder.render.registry import why_unsupported
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName(RENDER_STAGE, 3)

_CACHED_COLUMNS = [name for name in RENDERS_SCHEMA.names if name != "png"]


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
) -> StageOutput:
    """Render one shard. Programs the cache knows under the same fingerprint are not run again."""
    table = read_shard(home, previous)
    # A language that cannot be drawn here has none; once it can, the key of this stage is another.
    fingerprints = {
        language: "" if why_unsupported(language) else fingerprint(language)
        for language in sorted(set(table["language"].to_pylist()))
    }

    def compute(key: str) -> StageTables:
        stop_if_asked(home)
        engine = shared_engine(limits, workers=workers, require_sandbox=require_sandbox)
        return _render_table(home, table, key, index, fingerprints, engine, limits)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters={"fingerprints": fingerprints, "limits": asdict(limits)},
        inputs=[previous],
        rows_in=previous.rows_kept,
        compute=compute,
    )


def _render_table(
    home: Home,
    table: pa.Table,
    key: str,
    index: RenderIndex,
    fingerprints: dict[str, str],
    engine: Any,
    limits: RenderLimits,
) -> StageTables:
    programs = [
        Program(*values)
        for values in zip(
            *(table[name].to_pylist() for name in ("source_id", "language", "code")), strict=True
        )
    ]
    done = render_programs(home, programs, index, fingerprints, engine, _CACHED_COLUMNS)
    places = {**done.known, **{row: RenderPlace(key, place) for place, row in enumerate(done.fresh)}}
    known = frozenset(name_of_output(place.output) for place in done.known.values())
    renders = pa.Table.from_pylist([done.renders[row] for row in done.fresh], RENDERS_SCHEMA)
    return replace(_split(table, done.renders, places, fingerprints, renders, limits), places=known)


def _split(
    table: pa.Table,
    renders: Mapping[int, dict[str, Any]],
    places: dict[int, RenderPlace],
    fingerprints: dict[str, str],
    new_renders: pa.Table,
    limits: RenderLimits,
) -> StageTables:
    rejections = {
        row: Rejection(Reason(render["reason"]), render["detail"], *_threshold(render, limits))
        for row, render in renders.items()
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
    added["render_fingerprint"] = [fingerprints[language] for language in kept["language"].to_pylist()]
    added["render_output"] = [places[row].output for row in kept_rows]
    added["render_row"] = [places[row].row for row in kept_rows]
    for field in RENDERED_SCHEMA:
        if field.name in added:
            kept = kept.append_column(field, pa.array(added[field.name], field.type))
    return StageTables(kept.select(RENDERED_SCHEMA.names), parted.rejected, {"renders": new_renders})


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
