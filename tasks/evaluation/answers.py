"""Take the answers of a file, by the shards of the items that they answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.evaluation import ANSWER_SCHEMA
from storage.outputs import read_output
from tasks.evaluation.rows import all_kept
from tasks.stage import StageName, run_stage
from vincicoder.evaluate.answers import read_answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName("take_answers", 1)


@dataclass(frozen=True, slots=True)
class TakenAnswers:
    """The shards of answers, in the order of those of the items; what the file holds; a hash of all that it
    says of the items."""

    shards: list[StageOutput]
    counts: dict[str, Any]
    digest: str


@task(**STAGE.whole_task)
def take_answers(home: Home, path: Path, items: Sequence[StageOutput]) -> TakenAnswers:
    """Read a file of answers and write them beside the items. Raises `AnswersError`."""
    ids = [read_output(home, shard, columns=["item_id"])["item_id"].to_pylist() for shard in items]
    asked = [item for shard in ids for item in shard]
    file = read_answers(path, asked)
    digest = hashlib.sha256()
    outputs = []
    for number, (shard, names) in enumerate(zip(items, ids, strict=True)):
        answers = [file.answers.get(name) for name in names]
        said = hashlib.sha256(json.dumps(answers).encode()).hexdigest()
        digest.update(said.encode())
        table = pa.table([names, answers], schema=ANSWER_SCHEMA)
        outputs.append(
            run_stage(
                home,
                STAGE,
                source=shard.source,
                shard=number,
                parameters={"answers": said},
                inputs=[shard],
                rows_in=len(names),
                compute=lambda _key, table=table: all_kept(table),  # type: ignore[misc]
            )
        )
    return TakenAnswers(outputs, file.counts(asked), digest.hexdigest())
