"""How fast rows with pictures are written as a release, beside the disk's plain copy rate; memory as it goes.

    python -m benchmarks.release --json FILE [--rows 100000]

Both write the same number of bytes to the same folder and end with an fsync. The pictures are random
bytes of 30 KB, as PNG hardly compresses further. Memory is measured at a quarter and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks.processor_time import own_seconds
from storage.home import Home
from storage.release import write_data
from storage.schemas import RELEASE_SCHEMA

IMAGE_BYTES = 30_000
ROWS_A_TABLE = 250
_COPY_BYTES = 1 << 20
_EMPTY = {
    field.name: "" if pa.types.is_string(field.type) else 0 for field in RELEASE_SCHEMA if not field.nullable
}


def make_tables(rows: int, peaks: dict[int, float]) -> Iterator[pa.Table]:
    """Yield tables of the release's schema; note the peak memory (MB) by rows given out."""
    chance = random.Random(0)
    for first in range(0, rows, ROWS_A_TABLE):
        numbers = range(first, min(rows, first + ROWS_A_TABLE))
        made = [_row(number, chance.randbytes(IMAGE_BYTES)) for number in numbers]
        yield pa.Table.from_pylist(made, RELEASE_SCHEMA)
        peaks[numbers[-1] + 1] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(number: int, picture: bytes) -> dict[str, object]:
    code = f"<svg>{'<rect/>' * 100}{number}</svg>"
    asked = "<image>Write SVG code that draws this picture."
    return {
        **_EMPTY,
        "sample_id": f"{number:064x}",
        "source": "benchmark",
        "code": code,
        "instruction": asked,
        "image": {"bytes": picture, "path": None},
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": code}],
    }


def copy_rate(folder: Path, size: int) -> float:
    """Return bytes a second of copying a file of `size` bytes, plainly, with an fsync at the end."""
    source, target = folder / "source", folder / "target"
    block = os.urandom(_COPY_BYTES)
    with source.open("wb") as stream:
        for _ in range(-(-size // _COPY_BYTES)):
            stream.write(block)
        os.fsync(stream.fileno())
    started = time.perf_counter()
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(_COPY_BYTES):
            writer.write(piece)
        os.fsync(writer.fileno())
    seconds = time.perf_counter() - started
    copied = target.stat().st_size
    source.unlink()
    target.unlink()
    return copied / seconds


def measure(rows: int, folder: Path) -> dict[str, float | int]:
    """Write `rows` rows into a folder and compare. The time of making the rows counts as writing."""
    peaks: dict[int, float] = {}
    started, processor = time.perf_counter(), own_seconds()
    files = write_data(Home(str(folder)), "release", "train", make_tables(rows, peaks), rows)
    for file in files:
        with (folder / "release" / file.path).open("rb") as stream:
            os.fsync(stream.fileno())
    seconds = time.perf_counter() - started
    size = sum(file.bytes for file in files)
    plain = copy_rate(folder, size)
    early = next(peak for done, peak in sorted(peaks.items()) if done >= rows / 4)
    return {
        "rows": rows,
        "bytes": size,
        "files": len(files),
        "write_seconds": round(seconds, 3),
        "cpu_seconds": round(own_seconds() - processor, 3),
        "write_mb_per_second": round(size / seconds / 1e6, 1),
        "copy_mb_per_second": round(plain / 1e6, 1),
        "ratio_to_copy": round(size / seconds / plain, 3),
        "peak_mb_at_a_quarter": round(early, 1),
        "peak_mb_at_the_end": round(peaks[rows], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="rows to write; default: 100000")
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        found = measure(arguments.rows, Path(folder))
    print(json.dumps(found, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
