"""Stage outputs: keys, markers, balance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from storage.home import Home
from storage.outputs import BalanceError, find_output, output_key, read_output, write_output
from storage.schemas import REJECT_SCHEMA, SAMPLE_SCHEMA


def sample_table(codes: list[str]) -> pa.Table:
    rows = [
        {name: f"{name}-{number}" for name in SAMPLE_SCHEMA.names} | {"code": code}
        for number, code in enumerate(codes)
    ]
    return pa.Table.from_pylist(rows, SAMPLE_SCHEMA)


def write(home: Home, **changes: Any) -> Any:
    fields: dict[str, Any] = {
        "stage": "clean",
        "version": 1,
        "parameters": {"a": 1},
        "inputs": ["k0"],
        "source": "s",
        "shard": 0,
        "rows_in": 2,
        "seconds": 1.0,
        "kept": sample_table(["a", "b"]),
        "rejected": REJECT_SCHEMA.empty_table(),
    }
    return write_output(home, **(fields | changes))


def test_output_is_found_again_with_its_counts(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = write(home)
    found = find_output(home, "clean", written.key)
    assert found == written
    assert read_output(home, written, columns=["code"])["code"].to_pylist() == ["a", "b"]


@pytest.mark.parametrize(
    "change",
    [("clean", 2, {"a": 1}, ["k0"]), ("clean", 1, {"a": 2}, ["k0"]), ("clean", 1, {"a": 1}, ["k1"])],
)
def test_key_depends_on_version_parameters_and_inputs(change: Any) -> None:
    base = output_key("clean", 1, {"a": 1}, ["k0"])
    assert output_key(*change) != base
    assert output_key("clean", 1, {"a": 1}, ["k0"]) == base


def test_unbalanced_counts_write_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(BalanceError, match="3 rows in, but 2 kept \\+ 0 rejected"):
        write(home, rows_in=3)
    assert home.list_names("stages/clean") == []


def test_tables_without_marker_do_not_count(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = write(home)
    (tmp_path / written.folder / "done.json").unlink()
    assert find_output(home, "clean", written.key) is None


def test_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    assert write(one).files == write(two, seconds=9.0).files
