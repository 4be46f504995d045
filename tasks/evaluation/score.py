"""Score what the answers drew against the references: every metric, in both modes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.evaluation import score_schema
from storage.outputs import read_output
from tasks.evaluation.rows import all_kept
from tasks.stage import StageName, run_stage, stop_if_asked
from vincicoder.evaluate.metric import EXECUTION, OF_TRIES, score_pair
from vincicoder.evaluate.metrics import METRICS, encoder_metrics
from vincicoder.evaluate.pair import Pair, Side, Tries
from vincicoder.evaluate.text_blocks import read_blocks
from vincicoder.evaluate.trace import read_trace
from vincicoder.similarity.encoders.picture_models import load_picture_models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.home import Home
    from storage.outputs import StageOutput
    from tasks.stage import StageTables
    from vincicoder.similarity.encoders.picture_models import PictureModel

STAGE = StageName("score_answers", 5)
METRIC_NAMES = (
    EXECUTION,
    *OF_TRIES,
    *(name for metric in METRICS for name in metric.names),
    *encoder_metrics.NAMES,
)
Encoders = tuple[tuple[str, str], ...]
"""The weights by kind of encoder (`vincicoder.similarity.encoders.picture_models`), in order of kind."""


@lru_cache(maxsize=1)
def models_of(encoders: Encoders) -> dict[str, PictureModel]:
    """Load encoders, once a process. Raises ValueError for an unknown kind, and MissingWeightsError."""
    return load_picture_models(dict(encoders))


@task(**STAGE.shard_task)
def score_answers(
    home: Home,
    source: str,
    shard: int,
    items: StageOutput,
    references: StageOutput,
    drawn: StageOutput,
    encoders: Encoders = (),
    most_tries: int = 1,
) -> StageOutput:
    """Score one shard of a run whose items have at most `most_tries` each."""
    metrics = (*METRICS, *encoder_metrics.encoder_metrics(models_of(encoders)))

    def compute(_key: str) -> StageTables:
        rows = []
        for pair in pairs_of(home, items, references, drawn, most_tries):
            stop_if_asked(home)
            row: dict[str, Any] = {"item_id": pair.item_id}
            for name, score in score_pair(metrics, pair).items():
                row |= {f"{name}_reference": score.reference, f"{name}_strict": score.strict}
            rows.append(row)
        return all_kept(pa.Table.from_pylist(rows, score_schema(METRIC_NAMES)))

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters={
            "metrics": [[list(metric.names), metric.version] for metric in metrics],
            "encoders": [list(encoder) for encoder in encoders],
            "most_tries": most_tries,
        },
        inputs=[items, references, drawn],
        rows_in=items.rows_kept,
        compute=compute,
    )


def pairs_of(
    home: Home, items: StageOutput, references: StageOutput, drawn: StageOutput, most_tries: int = 1
) -> Iterator[Pair]:
    """Yield the pairs of a shard: what pixels and shared results they hold is gone with each."""
    tables = [read_output(home, output) for output in (items, references, drawn)]
    for number in range(tables[0].num_rows):
        item, reference, answer = (table.slice(number, 1).to_pylist()[0] for table in tables)
        own = None if reference["reason"] else item["item_image"]
        yield Pair(
            item["item_id"],
            item["language"],
            item["domain"],
            _side(item["reference_code"], reference, own),
            _side(answer["code"], answer, None),
            None
            if answer["tries"] is None
            else Tries(answer["tries"], answer["tries_drawn"], answer["tries_shown"], most_tries),
        )


def _side(code: str | None, drawn: Mapping[str, Any], own: bytes | None) -> Side:
    trace, blocks = read_trace(drawn["trace"]), read_blocks(drawn["trace"])
    return Side(code, drawn["image"] or own, trace, drawn["reason"], blocks)
