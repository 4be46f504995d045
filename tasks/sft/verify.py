"""Verify: image-side checks over one rendered shard, reading images some at a time.

Where the corpus has pictures of its own, each render's distances from its picture are measured here; which
are too far is decided over whole sources, in `tasks/sft/verify_source.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from prefect import task

from storage.outputs import open_table
from storage.renders import RenderPlace, read_renders
from storage.schemas import VERIFIED_SCHEMA, VERIFY_FIELDS
from tasks.stage import StageName, StageTables, read_shard, run_stage, split_rejected
from vincicoder.verify import (
    MEASURES,
    OwnPictureScores,
    PictureLimits,
    clipped_share,
    compare_with_own,
    decode_picture,
    read_own_picture,
    verify_picture,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.home import Home
    from storage.outputs import StageOutput

from vincicoder.sample import Rejection

STAGE = StageName("verify", 9)

# Images decoded at a time: 64 of the largest pages are about 1 GB of pixels at the very worst.
_BATCH_ROWS = 64

# The corpus's own pictures by sample id.
_Pictures = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is recorded of a picture that is kept."""

    clipped: float | None
    scores: OwnPictureScores | None


@task(**STAGE.shard_task)
def verify_shard(
    home: Home,
    source: str,
    shard: int,
    previous: StageOutput,
    collected: StageOutput,
    limits: PictureLimits,
) -> StageOutput:
    """Check every rendered picture of a shard. `collected` is the collect stage's output of the same one."""

    def compute(_key: str) -> StageTables:
        table = read_shard(home, previous)
        rejections: dict[int, Rejection] = {}
        clipped: list[float | None] = [None] * table.num_rows
        scores: dict[int, OwnPictureScores] = {}
        with _own_pictures(home, collected) as read_own:
            for first in range(0, table.num_rows, _BATCH_ROWS):
                batch = table.slice(first, _BATCH_ROWS)
                own = read_own(batch["sample_id"])
                for row, found in enumerate(_check_batch(home, batch, own, limits), first):
                    if isinstance(found, Rejection):
                        rejections[row] = found
                        continue
                    clipped[row] = found.clipped
                    if found.scores is not None:
                        scores[row] = found.scores
        seconds = {row: table["render_seconds"][row].as_py() for row in rejections}
        return split_rejected(STAGE, _with_fields(table, clipped, scores), rejections, seconds)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters=asdict(limits),
        inputs=[previous, collected],
        rows_in=previous.rows_kept,
        compute=compute,
    )


@contextmanager
def _own_pictures(home: Home, collected: StageOutput) -> Iterator[Callable[[pa.ChunkedArray], _Pictures]]:
    """Yield what reads the corpus's pictures of some rows. A row group is decoded once, as rows come in the
    order they were collected in."""
    if "source_images.parquet" not in collected.files:
        yield lambda _: {}
        return
    with open_table(home, collected, "source_images") as file:
        groups: dict[str, int] = {}
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["sample_id"], use_threads=False)["sample_id"]
            groups |= dict.fromkeys(ids.to_pylist(), group)
        decoded: dict[int, pa.Table] = {}

        def read(sample_ids: pa.ChunkedArray) -> _Pictures:
            wanted = {groups[name] for name in sample_ids.to_pylist() if name in groups}
            for group in [known for known in decoded if known not in wanted]:
                del decoded[group]
            found: _Pictures = {}
            for group in sorted(wanted):
                if group not in decoded:
                    decoded[group] = file.read_row_group(group, use_threads=False)
                table = decoded[group]
                table = table.filter(pc.is_in(table["sample_id"], value_set=sample_ids.combine_chunks()))
                found |= dict(zip(table["sample_id"].to_pylist(), table["image"].to_pylist(), strict=True))
            return found

        yield read


def _check_batch(
    home: Home, batch: pa.Table, own: dict[str, bytes], limits: PictureLimits
) -> list[Rejection | _Checked]:
    columns = (
        *("sample_id", "language", "code", "render_output", "render_row", "image_width", "image_height"),
        "pixels_sha256",
        *("render_notes", "changes"),
    )
    rows = list(zip(*(batch[name].to_pylist() for name in columns), strict=True))
    images = read_renders(home, [RenderPlace(row[3], row[4]) for row in rows], ["png"])
    found: list[Rejection | _Checked] = []
    for sample_id, language, code, output, number, width, height, digest, notes, changes in rows:
        pixels = decode_picture(images[RenderPlace(output, number)]["png"], width, height, digest)
        if isinstance(pixels, Rejection):
            found.append(pixels)
            continue
        rejection = verify_picture(pixels, language, code, limits, notes, changes)
        if rejection is not None:
            found.append(rejection)
            continue
        picture = read_own_picture(own[sample_id]) if sample_id in own else None
        scores = None if picture is None else compare_with_own(picture, pixels)
        found.append(_Checked(clipped_share(pixels, language), scores))
    return found


def _with_fields(
    table: pa.Table, clipped: list[float | None], scores: dict[int, OwnPictureScores]
) -> pa.Table:
    rows = range(table.num_rows)
    columns: dict[str, list[Any]] = {
        "clipped": clipped,
        "similarity": [scores[row].similarity if row in scores else None for row in rows],
        **{
            f"source_{name}": [getattr(scores[row], name) if row in scores else None for row in rows]
            for name in MEASURES
        },
    }
    for field in VERIFY_FIELDS:
        table = table.append_column(field, pa.array(columns[field.name], field.type))
    return table.select(VERIFIED_SCHEMA.names)
