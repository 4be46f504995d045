"""Tables of many outputs: in order, of an object store some at a time."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from storage.ahead import fetched_ahead, read_outputs
from storage.home import Home
from storage.outputs import DamagedOutputError, StageOutput, write_output
from storage.schemas import REJECT_SCHEMA
from storage.stores.objects import ObjectStore


def _outputs(home: Home, count: int) -> list[StageOutput]:
    return [
        write_output(
            home,
            stage="clean",
            version=1,
            parameters={"number": number},
            inputs=[],
            source="made",
            shard=number,
            rows_in=2,
            seconds=0.0,
            kept=pa.table({"number": [number, number]}),
            rejected=REJECT_SCHEMA.empty_table(),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("where", ["local", "memory://ahead"])
def test_tables_come_in_the_order_of_their_outputs(where: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home" if where == "local" else where)
    outputs = _outputs(home, 30)
    tables = list(read_outputs(home, outputs, columns=["number"]))
    assert [table["number"].to_pylist() for table in tables] == [[number] * 2 for number in range(30)]
    assert [table.num_rows for table in read_outputs(home, outputs[:3], "rejected")] == [0, 0, 0]


def test_files_of_a_store_are_fetched_while_earlier_ones_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home("memory://ahead-at-once")
    outputs = _outputs(home, 40)
    store = Home("memory://ahead-at-once")
    at_once, most, lock = 0, 0, threading.Lock()
    download = ObjectStore.download

    def slow(
        store: ObjectStore, relative: str, target: Path, known: str | None = None
    ) -> tuple[str, str] | None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        return download(store, relative, target, known)

    monkeypatch.setattr(ObjectStore, "download", slow)
    assert [table["number"][0].as_py() for table in read_outputs(store, outputs)] == list(range(40))
    assert 2 <= most <= 9  # eight threads, and who reads


def test_a_file_that_cannot_be_fetched_is_told_when_it_is_read() -> None:
    home = Home("memory://ahead-gone")
    outputs = _outputs(home, 4)
    home.remove(outputs[2].path("kept"))
    tables = read_outputs(Home("memory://ahead-gone"), outputs)
    assert [next(tables)["number"][0].as_py() for _ in range(2)] == [0, 1]
    with pytest.raises(DamagedOutputError, match=r"is moved to .*damaged/.* run the same command again"):
        next(tables)


def test_nothing_is_fetched_on_a_local_home(tmp_path: Path) -> None:
    def files(_item: int) -> list[str]:
        raise AssertionError("asked for files")

    assert list(fetched_ahead(Home(tmp_path), range(20), files)) == list(range(20))
