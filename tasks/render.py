"""Render: run every program of a shard that was never run before, in the sandboxed engine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.renders import RENDER_STAGE, RenderIndex, RenderPlace, read_renders, render_key
from storage.schemas import RENDERED_SCHEMA, RENDERS_SCHEMA
from tasks.engine import shared_engine
from tasks.stage import StageName, StageTables, read_shard, run_stage, split_rejected
from vincicoder.render import RenderLimits, RenderRequest, RenderResult, RenderStatus, fingerprint
from vincicoder.render.registry import why_unsupported
from vincicoder.sample import InfrastructureError, Reason, Rejection

if TYPE_CHECKING:
    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName(RENDER_STAGE, 1)

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
        engine = shared_engine(limits, workers=workers, require_sandbox=require_sandbox)
        return _render_table(home, table, key, index, fingerprints, engine)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters={"fingerprints": fingerprints, "limits": asdict(limits)},
        inputs=[previous.key],
        rows_in=previous.rows_kept,
        compute=compute,
    )


def _render_table(
    home: Home, table: pa.Table, key: str, index: RenderIndex, fingerprints: dict[str, str], engine: Any
) -> StageTables:
    languages = table["language"].to_pylist()
    codes = table["code"].to_pylist()
    keys = [
        render_key(language, code, fingerprints[language])
        for language, code in zip(languages, codes, strict=True)
    ]
    known = index.find(keys)
    cached = read_renders(home, known.values(), _CACHED_COLUMNS)
    rendered = {row: cached[known[name]] for row, name in enumerate(keys) if name in known}
    places = {row: known[keys[row]] for row in rendered}

    requests = (
        RenderRequest(str(row), languages[row], codes[row])
        for row in range(table.num_rows)
        if row not in rendered
    )
    fresh: dict[int, dict[str, Any]] = {}
    failures: list[str] = []
    for result in engine.render(requests):
        row = int(result.request_id)
        if result.status is RenderStatus.FAILED:
            failures.append(f"{table['source_id'][row].as_py()}: {result.detail}")
        else:
            fresh[row] = _render_row(keys[row], result)
    if failures:
        raise InfrastructureError(
            f"{len(failures)} renders failed through no fault of theirs: {failures[:3]}"
        )

    for position, row in enumerate(sorted(fresh)):
        places[row] = RenderPlace(key, position)
    renders = pa.Table.from_pylist([fresh[row] for row in sorted(fresh)], RENDERS_SCHEMA)
    return _split(table, {**rendered, **fresh}, places, fingerprints, renders)


def _render_row(key: str, result: RenderResult) -> dict[str, Any]:
    return {
        "render_key": key,
        "reason": result.reason.value if result.reason else None,
        "detail": result.detail,
        "image_width": result.width,
        "image_height": result.height,
        "pixels_sha256": result.pixels_sha256,
        "phash": result.phash,
        "thumbnail": result.thumbnail,
        "render_seconds": result.seconds,
        "png": result.png,
    }


def _split(
    table: pa.Table,
    renders: dict[int, dict[str, Any]],
    places: dict[int, RenderPlace],
    fingerprints: dict[str, str],
    new_renders: pa.Table,
) -> StageTables:
    rejections = {
        row: Rejection(Reason(render["reason"]), render["detail"])
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
    added["image_origin"] = ["rendered"] * len(kept_rows)
    added["render_fingerprint"] = [fingerprints[language] for language in kept["language"].to_pylist()]
    added["render_output"] = [places[row].output for row in kept_rows]
    added["render_row"] = [places[row].row for row in kept_rows]
    for field in RENDERED_SCHEMA:
        if field.name in added:
            kept = kept.append_column(field, pa.array(added[field.name], field.type))
    return StageTables(kept.select(RENDERED_SCHEMA.names), parted.rejected, {"renders": new_renders})
