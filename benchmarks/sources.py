"""Streams a synthetic corpus through an adapter and records memory and rate along the way.

    python -m benchmarks.sources --rows 200000 --json sources.json

The corpus is written to a temporary folder first, by another process, so that what writing takes is not
in the curve. `growth` is resident memory at the end over that after a tenth of the rows; it stays near 1.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

_POINTS = 40
_SHARD_ROWS = 1_000


def _row(number: int) -> dict[str, Any]:
    cells = "".join(f"<td>{number * 7 % (column + 11)}</td>" for column in range(60))
    page = f"<!DOCTYPE html>\n<html><body><h1>Page {number}</h1><table><tr>{cells}</tr></table></body></html>"
    answer = f"Here it is:\n```html\n{page}\n```" if number % 4 else "It shows a table of numbers."
    turns = [{"from": "human", "value": "<image>\nWrite it."}, {"from": "gpt", "value": answer}]
    return {"id": str(number), "image": f"{number}.png", "conversations": turns}


def _write(path: str, rows: int) -> None:
    if path.endswith(".parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.Table.from_pylist([_row(0)]).schema
        with pq.ParquetWriter(path, schema) as writer:
            for first in range(0, rows, 1_000):
                part = [_row(number) for number in range(first, min(first + 1_000, rows))]
                writer.write_table(pa.Table.from_pylist(part, schema))
        return
    with Path(path).open("w", encoding="utf-8") as stream:
        stream.write("[")
        for number in range(rows):
            stream.write((", " if number else "") + json.dumps(_row(number)))
        stream.write("]")


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def _measure(path: str, rows: int, answers: Any) -> None:
    from vincicoder.sources.hub import corpus_sources

    (source,) = corpus_sources("web2code", path)
    started = time.process_time()
    count = source.count()
    index_seconds = time.process_time() - started
    curve: list[dict[str, float]] = []
    rejected = seen = 0
    for first in range(0, count, _SHARD_ROWS):
        for row in source.rows(first, first + _SHARD_ROWS):
            seen += 1
            rejected += row.rejection is not None
        if not curve or seen - curve[-1]["rows"] >= rows / _POINTS:
            curve.append({"rows": seen, "resident_mb": _resident_mb()})
    seconds = time.process_time() - started
    tenth = next(point for point in curve if point["rows"] >= rows / 10)
    answers.put(
        {
            "rows": seen,
            "rejected": rejected,
            "megabytes": round(Path(path).stat().st_size / 1e6, 1),
            "index_cpu_seconds": round(index_seconds, 2),
            "cpu_seconds": round(seconds, 2),
            "rows_per_cpu_second": round(seen / seconds),
            "growth": round(curve[-1]["resident_mb"] / tenth["resident_mb"], 3),
            "curve": curve,
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for layout, name in (("json list", "Web2Code.json"), ("parquet", "Web2Code.parquet")):
            path = str(Path(folder) / name)
            answers = context.Queue()
            for target, arguments in (
                (_write, (path, options.rows)),
                (_measure, (path, options.rows, answers)),
            ):
                process = context.Process(target=target, args=arguments)
                process.start()
                if target is _measure:
                    results[layout] = answers.get()
                process.join()
            Path(path).unlink()
    for layout, result in results.items():
        last = result["curve"][-1]["resident_mb"]
        print(
            f"{layout}: {result['rows']} rows, {result['rejected']} of another task, "
            f"{result['rows_per_cpu_second']} rows a CPU second, {last} MB at the end, "
            f"growth {result['growth']}"
        )
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
