"""Sign: compute once a shard what deduplication and decontamination need of every program.

The output stands beside the pipeline: it rejects nothing, and no stage takes its rows from it.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from prefect import task

from storage.schemas import REJECT_SCHEMA, SIGNATURE_SCHEMA
from tasks.stage import StageName, StageTables, read_shard, run_stage
from vincicoder.dedup.minhash import SIGNATURE_VERSION, minhash, program_shingles
from vincicoder.dedup.normal_form import normal_sha256

if TYPE_CHECKING:
    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.dedup.near_code import Signatures

STAGE = StageName("sign", 1)


@task(**STAGE.shard_task)
def sign_shard(home: Home, source: str, shard: int, previous: StageOutput) -> StageOutput:
    """Compute the signatures of a shard's programs."""

    def compute(_key: str) -> StageTables:
        return StageTables(_sign(read_shard(home, previous)), REJECT_SCHEMA.empty_table())

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        # The normal form of Python is its syntax tree, as this Python prints it.
        parameters={"signatures": SIGNATURE_VERSION, "python": platform.python_version()},
        inputs=[previous],
        rows_in=previous.rows_kept,
        compute=compute,
    )


def _sign(table: pa.Table) -> pa.Table:
    programs = list(zip(table["code"].to_pylist(), table["language"].to_pylist(), strict=True))
    shingles = [program_shingles(code, language) for code, language in programs]
    columns = {
        "sample_id": table["sample_id"],
        "code_characters": pc.utf8_length(table["code"]),
        "normal_sha256": [normal_sha256(code, language) for code, language in programs],
        "code_minhash": _packed(minhash([one.code for one in shingles])),
        "unnamed_minhash": _packed(minhash([one.unnamed for one in shingles])),
        "template_minhash": _packed(minhash([one.template for one in shingles])),
    }
    arrays = []
    for field in SIGNATURE_SCHEMA:
        column = columns[field.name]
        arrays.append(
            column.cast(field.type) if isinstance(column, pa.ChunkedArray) else pa.array(column, field.type)
        )
    return pa.table(arrays, SIGNATURE_SCHEMA)


def _packed(signatures: Signatures) -> list[bytes]:
    return [row.tobytes() for row in signatures.astype("<u2")]
