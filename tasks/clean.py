"""Clean: code-side filters over one shard."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from prefect import task

from tasks.stage import (
    StageName,
    StageTables,
    read_shard,
    run_stage,
    samples_of,
    split_rejected,
)
from vincicoder.clean import CleanLimits, check_code

if TYPE_CHECKING:
    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName("clean", 1)


@task(**STAGE.shard_task)
def clean_shard(
    home: Home, source: str, shard: int, previous: StageOutput, limits: CleanLimits
) -> StageOutput:
    """Check the code of every row. Python's own version is a parameter: it decides what is valid syntax."""
    parameters = {"limits": asdict(limits), "python": f"{sys.version_info.major}.{sys.version_info.minor}"}

    def compute(_key: str) -> StageTables:
        table = read_shard(home, previous)
        found = enumerate(check_code(sample, limits) for sample in samples_of(table))
        return split_rejected(STAGE, table, {row: rejection for row, rejection in found if rejection})

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters=parameters,
        inputs=[previous.key],
        rows_in=previous.rows_kept,
        compute=compute,
    )
