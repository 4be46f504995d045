"""Reject, source by source, the renders that are not what the corpus's own pictures show."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from prefect import task

from storage.ahead import read_outputs
from storage.schemas import THRESHOLDS_SCHEMA
from tasks.sft.whole import run_whole_stage
from tasks.stage import StageName, StageTables, split_rejected
from vincicoder.sample import Reason, Rejection
from vincicoder.verify import MEASURES, SourceThresholds, learn_thresholds, mismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName("verify_source", 5)

_COLUMNS = [f"source_{name}" for name in MEASURES]


@task(**STAGE.whole_task)
def verify_sources(home: Home, previous: Sequence[StageOutput]) -> list[StageOutput]:
    """Learn every source's thresholds from all its rows, and reject the rows beyond them.

    Rows without a picture of the corpus are kept. Only the distances are read, never an image.
    """

    def decide() -> list[list[list[Any]]]:
        thresholds = learn_all(home, previous)
        compared = [output for output in previous if output.source in thresholds]
        tables = read_outputs(home, compared, columns=_COLUMNS)
        return [
            _beyond(next(tables), thresholds[output.source]) if output.source in thresholds else []
            for output in previous
        ]

    return run_whole_stage(home, STAGE, previous=previous, parameters={}, decide=decide, apply=_apply)


def learn_all(home: Home, verified: Sequence[StageOutput]) -> dict[str, SourceThresholds]:
    """Return the thresholds of the sources that have pictures of their own, from the verify outputs."""
    gathered: dict[str, list[pa.Table]] = defaultdict(list)
    for output, distances in zip(verified, read_outputs(home, verified, columns=_COLUMNS), strict=True):
        present = distances.filter(pc.is_valid(distances[_COLUMNS[0]]))
        if present.num_rows:
            gathered[output.source].append(present)
    learned = {}
    for source in sorted(gathered):
        table = pa.concat_tables(gathered[source])
        values = {name: table[f"source_{name}"].to_numpy().astype(np.float64) for name in MEASURES}
        learned[source] = learn_thresholds(source, values)
    return learned


def thresholds_table(home: Home, verified: Sequence[StageOutput]) -> pa.Table:
    """Return what was learned as a table for the catalogue, a row per source."""
    rows = [
        {"source": one.source, "rows": one.rows, "learned": one.learned, **one.bounds}
        for one in learn_all(home, verified).values()
    ]
    return pa.Table.from_pylist(rows, THRESHOLDS_SCHEMA)


def _beyond(distances: pa.Table, thresholds: SourceThresholds) -> list[list[Any]]:
    """Return [row, detail, value, bound] of every row beyond a bound."""
    found = []
    for row, values in enumerate(zip(*(distances[name].to_pylist() for name in _COLUMNS), strict=True)):
        if values[0] is None:
            continue
        too_far = mismatch(dict(zip(MEASURES, values, strict=True)), thresholds)
        if too_far is not None:
            found.append([row, too_far.detail, too_far.value, too_far.bound])
    return found


def _apply(table: pa.Table, decision: list[list[Any]]) -> StageTables:
    rejections = {row: Rejection(Reason.VERIFY_MISMATCH, *why) for row, *why in decision}
    seconds = {row: table["render_seconds"][row].as_py() for row in rejections}
    return split_rejected(STAGE, table, rejections, seconds)
