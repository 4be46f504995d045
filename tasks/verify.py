"""Verify: image-side checks over one rendered shard, reading images one row group at a time."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from prefect import task

from storage.renders import RenderPlace, read_renders
from tasks.stage import StageName, StageTables, read_shard, run_stage, split_rejected
from vincicoder.verify import PictureLimits, check_picture

if TYPE_CHECKING:
    import pyarrow as pa

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.sample import Rejection

STAGE = StageName("verify", 2)

# Images decoded at a time: 64 of the largest pages are about 1 GB of pixels at the very worst.
_BATCH_ROWS = 64


@task(**STAGE.shard_task)
def verify_shard(
    home: Home, source: str, shard: int, previous: StageOutput, limits: PictureLimits
) -> StageOutput:
    """Check every rendered picture of a shard."""

    def compute(_key: str) -> StageTables:
        table = read_shard(home, previous)
        rejections: dict[int, Rejection] = {}
        for first in range(0, table.num_rows, _BATCH_ROWS):
            rejections |= _check_batch(home, table.slice(first, _BATCH_ROWS), first, limits)
        seconds = {row: table["render_seconds"][row].as_py() for row in rejections}
        return split_rejected(STAGE, table, rejections, seconds)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters=asdict(limits),
        inputs=[previous.key],
        rows_in=previous.rows_kept,
        compute=compute,
    )


def _check_batch(home: Home, batch: pa.Table, first: int, limits: PictureLimits) -> dict[int, Rejection]:
    columns = ("render_output", "render_row", "image_width", "image_height")
    rows = list(zip(*(batch[name].to_pylist() for name in columns), strict=True))
    images = read_renders(home, [RenderPlace(output, row) for output, row, _, _ in rows], ["png"])
    found = (
        (number, check_picture(images[RenderPlace(output, row)]["png"], width, height, limits))
        for number, (output, row, width, height) in enumerate(rows, first)
    )
    return {number: rejection for number, rejection in found if rejection}
