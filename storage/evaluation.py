"""The tables of an evaluation: items, answers, what both drew, and every score; and where a run's files lie.

stages/benchmark_items, draw_references, take_answers, draw_answers, score_answers, judge_answers
                                by shard and key; the last only where a judge is configured
runs/<run_id>/items.parquet     one row an item: all of the above side by side
runs/<run_id>/report.md         the table for people
runs/<run_id>/sheet.png         best, median and worst answers beside their references
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ITEM_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("difficulty", pa.string(), nullable=False),
        pa.field("chart_type", pa.string(), nullable=False),
        pa.field("instruction", pa.string(), nullable=False),
        pa.field("reference_code", pa.string()),
        pa.field("item_image", pa.binary()),
        # Whether the picture is drawn from the code all the same, where that draws one.
        pa.field("is_redrawn", pa.bool_(), nullable=False),
        # The pictures put to a model, where they are others than an answer is compared with.
        pa.field("shown_images", pa.list_(pa.binary()), nullable=False),
        pa.field("stack", pa.string(), nullable=False),  # the libraries of its program, '' for today's
        pa.field(
            "data", pa.string(), nullable=False
        ),  # the files that its program reads, packed; '' for none
    ]
)

ANSWER_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("answer", pa.string()),  # null where the file has none
        # All answers to the item in order, where a file has several to any item; else null.
        pa.field("tries", pa.list_(pa.string())),
    ]
)

# What a program drew, or why it drew nothing (`reason` is empty where it did).
_DRAWN_FIELDS = [
    pa.field("reason", pa.string(), nullable=False),
    pa.field("detail", pa.string(), nullable=False),
    pa.field("image", pa.binary()),
    pa.field("trace", pa.string()),
    pa.field("fingerprint", pa.string(), nullable=False),
    pa.field("stack", pa.string(), nullable=False),  # what drew it, '' for languages that have none
]
_ID = ITEM_SCHEMA.field("item_id")
PART_COLUMNS = ("domain", "language", "group", "difficulty", "chart_type")
"""What results are parted by; an empty value is no part."""

# `image` is null, too, where the item's own picture is the reference.
REFERENCE_SCHEMA = pa.schema([_ID, *_DRAWN_FIELDS])
DRAWN_SCHEMA = pa.schema(
    [
        _ID,
        pa.field("code", pa.string()),
        *_DRAWN_FIELDS,
        # How many tries there are, how many drew a picture, and how many of those one that shows something;
        # null where there is one try an item.
        pa.field("tries", pa.int64()),
        pa.field("tries_drawn", pa.int64()),
        pa.field("tries_shown", pa.int64()),
    ]
)

SHEET_COLUMNS = ("item_id", "reason", "reference_image", "image")


def score_schema(metrics: Sequence[str]) -> pa.Schema:
    """Return the columns of scores: two a metric, null where the item has none of it."""
    modes = [f"{name}_{mode}" for name in metrics for mode in ("reference", "strict")]
    return pa.schema([_ID, *(pa.field(name, pa.float64()) for name in modes)])


def judged_schema(rubrics: Sequence[str]) -> pa.Schema:
    """Return the columns of a judge's scores, as `score_schema`, and what its verdicts on an item took."""
    usage = [("judge_tokens_in", pa.int64()), ("judge_tokens_out", pa.int64()), ("judge_cost", pa.float64())]
    return pa.schema([*score_schema(rubrics), *(pa.field(name, kind) for name, kind in usage)])


def item_rows(
    items: pa.Table,
    references: pa.Table,
    answers: pa.Table,
    drawn: pa.Table,
    scores: pa.Table,
    *judged: pa.Table,
) -> pa.Table:
    """Return one shard's tables side by side; all have the same items in the same order."""
    ids = items["item_id"]
    if any(not table["item_id"].equals(ids) for table in (references, answers, drawn, scores, *judged)):
        raise ValueError("the tables of a shard are of different items")
    pictures = [
        own if drawn_here is None else drawn_here
        for own, drawn_here in zip(
            items["item_image"].to_pylist(), references["image"].to_pylist(), strict=True
        )
    ]
    columns: dict[str, Any] = {name: items[name] for name in ("item_id", *PART_COLUMNS)}
    columns |= {"answer": answers["answer"]}
    columns |= {name: drawn[name] for name in ("code", "reason", "detail", "image", "fingerprint", "stack")}
    columns |= {name: drawn[name] for name in ("tries", "tries_drawn", "tries_shown")}
    columns |= {"reference_code": items["reference_code"], "reference_image": pa.array(pictures, pa.binary())}
    columns |= {"reference_reason": references["reason"], "reference_fingerprint": references["fingerprint"]}
    columns |= {"reference_stack": items["stack"]}
    for table in (scores, *judged):
        columns |= {name: table[name] for name in table.column_names[1:]}
    return pa.table(columns)


def metric_names(path: Path) -> list[str]:
    """Return the metrics of a run's `items.parquet`, those of a judge among them, in their order."""
    names = pq.read_schema(path).names
    return [name.removesuffix("_strict") for name in names if name.endswith("_strict")]


def read_items(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a run's `items.parquet`, or some of their columns, a few pictures at a time.

    A run of an earlier version has not all of them.
    """
    with pq.ParquetFile(path, pre_buffer=False) as file:
        names = [name for name in file.schema_arrow.names if columns is None or name in columns]
        for batch in file.iter_batches(32, columns=names, use_threads=False):
            yield from batch.to_pylist()
