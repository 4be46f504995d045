"""Filling the catalogue holds some pieces in memory at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from storage.catalog import _INSERT_BYTES, _append

_PIECES = 6


def test_pieces_are_free_once_they_are_in_the_table(tmp_path: Path) -> None:
    held: list[int] = []

    def pieces() -> Iterator[pa.Table]:
        before = pa.total_allocated_bytes()
        for _ in range(_PIECES):
            held.append(pa.total_allocated_bytes() - before)
            yield pa.table({"code": ["x" * 1000] * (_INSERT_BYTES // 1000 + 1)})

    with duckdb.connect(str(tmp_path / "catalog.duckdb")) as database:
        database.begin()
        _append(database, "samples", pieces())
        database.commit()
        rows = database.execute("SELECT count(*) FROM samples").fetchall()
    assert rows == [(_PIECES * (_INSERT_BYTES // 1000 + 1),)]
    assert max(held) < 2.5 * _INSERT_BYTES, held
