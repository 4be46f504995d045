"""Files that appear whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage.whole_file import whole_file, write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_file_takes_its_place_at_the_end_alone(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.json"
    with whole_file(target) as part:
        part.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    with pytest.raises(ZeroDivisionError), whole_file(target) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "new" and list(target.parent.iterdir()) == [target]
    with whole_file(target):
        pass  # nothing is written
    assert target.read_text() == "new"


def test_tables_become_one_file_or_none(tmp_path: Path) -> None:
    target = tmp_path / "rows.parquet"
    tables = [pa.table({"n": [1, 2]}), pa.table({"n": [3]})]
    assert write_parquet(target, tables) == 3
    assert pq.read_table(target)["n"].to_pylist() == [1, 2, 3]

    def breaking() -> Iterator[pa.Table]:
        yield pa.table({"n": [9]})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_parquet(target, breaking())
    assert pq.read_table(target)["n"].to_pylist() == [1, 2, 3]
    assert write_parquet(tmp_path / "none.parquet", []) == 0
    assert list(tmp_path.iterdir()) == [target]
