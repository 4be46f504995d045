"""Take answers, by the shards of the items that they answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.evaluation import ANSWER_SCHEMA
from storage.outputs import read_output
from tasks.evaluation.questions import item_ids
from tasks.evaluation.rows import all_kept
from tasks.stage import StageName, run_stage
from vincicoder.evaluate.answers import AnswerFile, read_answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName("take_answers", 3)


@dataclass(frozen=True, slots=True)
class TakenAnswers:
    """The shards of answers, in the order of those of the items; what is known of them as a whole; the
    checkpoint that gave them, where that is one of ours; what distinguishes their model from others, empty
    for a file: two models may give the same answers; and how many tries an item has at most."""

    shards: list[StageOutput]
    counts: dict[str, Any]
    parent: str | None = None
    model: str = ""
    most_tries: int = 1


@task(**STAGE.whole_task)
def take_answers(home: Home, path: Path, items: Sequence[StageOutput]) -> TakenAnswers:
    """Read a file of answers and write them beside the items. Raises `AnswersError`."""
    asked = item_ids(home, items)
    file = read_answers(path, asked)
    most = max(map(len, file.tries.values()), default=1)
    kept = keep_answers(home, items, file.answers, file.tries)
    return TakenAnswers(kept, file.counts(asked), most_tries=most)


def counts_of_model(home: Home, items: Sequence[StageOutput], answers: Mapping[str, str]) -> dict[str, Any]:
    """Return how many items a model answered, in the form of those of a file."""
    return AnswerFile(answers, ()).counts(item_ids(home, items))


def keep_answers(
    home: Home,
    items: Sequence[StageOutput],
    answers: Mapping[str, str],
    tries: Mapping[str, tuple[str, ...]] | None = None,
) -> list[StageOutput]:
    """Write the answers by item beside the items, and all `tries` where any item has several."""
    outputs = []
    for number, shard in enumerate(items):
        names = read_output(home, shard, columns=["item_id"])["item_id"].to_pylist()
        of_shard = [answers.get(name) for name in names]
        all_tries = [_tries(name, answers, tries) for name in names]
        said = hashlib.sha256(json.dumps([of_shard, all_tries]).encode()).hexdigest()
        table = pa.table([names, of_shard, all_tries], schema=ANSWER_SCHEMA)
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
    return outputs


def _tries(
    name: str, answers: Mapping[str, str], tries: Mapping[str, tuple[str, ...]] | None
) -> list[str] | None:
    if not tries:
        return None
    return list(tries.get(name, [answers[name]] if name in answers else []))
