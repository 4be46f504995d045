"""What cannot be read, or is not what its marker says, counts as not there; it is moved aside and named."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.home import Home
from storage.memo import read_memo, write_memo
from storage.outputs import (
    DamagedOutputError,
    StageOutput,
    _stamp_of,
    find_output,
    open_table,
    peek_output,
    read_output,
    write_output,
)
from storage.schemas import REJECT_SCHEMA
from tests.storage.test_outputs import sample_table, write


def truncated(folder: Path) -> None:
    path = folder / "kept.parquet"
    path.write_bytes(path.read_bytes()[:-10])


def missing(folder: Path) -> None:
    (folder / "rejected.parquet").unlink()


def flipped(folder: Path) -> None:
    path = folder / "kept.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)


def empty_marker(folder: Path) -> None:
    (folder / "done.json").write_bytes(b"")


def half_marker(folder: Path) -> None:
    path = folder / "done.json"
    path.write_bytes(path.read_bytes()[:80])


def changed_counts(folder: Path) -> None:
    _edit_marker(folder, rows_kept=3, rows_in=3)


def changed_source(folder: Path) -> None:
    _edit_marker(folder, source="another")


def counts_without_checksum(folder: Path) -> None:
    """As a marker of an earlier version may be changed."""
    _edit_marker(folder, rows_kept=3, rows_in=3)
    marker = json.loads((folder / "done.json").read_text())
    del marker["sha256"]
    (folder / "done.json").write_text(json.dumps(marker))


def another_marker(folder: Path) -> None:
    (folder / "done.json").write_text("[]")


def _edit_marker(folder: Path, **changes: Any) -> None:
    marker = json.loads((folder / "done.json").read_text())
    (folder / "done.json").write_text(json.dumps({**marker, **changes}))


@pytest.mark.parametrize(
    "damage",
    [
        *(truncated, missing, flipped, empty_marker, half_marker, changed_counts, changed_source),
        *(counts_without_checksum, another_marker),
    ],
)
def test_a_damaged_output_is_named_moved_aside_and_made_again(
    tmp_path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    written = write(Home(tmp_path))
    folder = tmp_path / written.folder
    damage(folder)
    home = Home(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert find_output(home, "clean", written.key) is None
    assert str(folder) in caplog.text
    damaged = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = write(home)
    assert again.files == written.files
    aside = tmp_path / "damaged" / f"{written.folder}-1"
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == damaged
    assert find_output(Home(tmp_path), "clean", written.key) == again


def test_a_bit_that_turned_on_the_disk_is_found_by_whoever_looks_at_a_column(tmp_path: Path) -> None:
    """It changes no stamp: the times and the inode stay. What cannot be decoded is damage, not a failure."""
    table = sample_table([f"a = {number}" for number in range(200)])
    written = write(Home(tmp_path), kept=table, rows_in=200)
    path = tmp_path / written.folder / "kept.parquet"
    whole = path.read_bytes()
    found = []
    for place in range(60, len(whole) - 2000, 97):
        flipped = bytearray(whole)
        flipped[place] ^= 4
        path.write_bytes(flipped)
        home = Home(tmp_path)
        home.seen.note(written.folder, _stamp_of(home, written))  # as it was before the bit turned
        try:
            peek_output(home, written, ["language", "source"])
        except DamagedOutputError as error:
            found.append(str(error))
            shutil.move(tmp_path / "damaged" / f"{written.folder}-1", tmp_path / written.folder)
    assert found
    assert all("sha256 is not the marker's" in one for one in found)


def test_an_error_of_another_output_leaves_this_one_in_its_place(tmp_path: Path) -> None:
    home = Home(tmp_path)
    whole, other = write(home, parameters={"shard": 1}), write(home, parameters={"shard": 2})
    flipped(tmp_path / other.folder)
    home = Home(tmp_path)
    with pytest.raises(DamagedOutputError, match=other.key), open_table(home, whole, "kept"):
        read_output(home, other)
    assert find_output(home, "clean", whole.key) == whole
    assert [path.name for path in (tmp_path / "damaged/stages/clean").iterdir()] == [f"{other.key}-1"]


def test_two_threads_that_find_the_same_damage_say_the_same(tmp_path: Path) -> None:
    written = write(Home(tmp_path))
    home = Home(tmp_path)
    assert find_output(home, "clean", written.key) == written
    moved = home.set_aside(written.folder)
    assert home.set_aside(written.folder) == moved == f"damaged/{written.folder}-1"
    assert find_output(home, "clean", written.key) is None


def test_what_an_earlier_version_wrote_is_still_read(tmp_path: Path) -> None:
    written = write(Home(tmp_path))
    marker = json.loads((tmp_path / written.folder / "done.json").read_text())
    for name in ("sha256", "made_from", "format"):
        del marker[name]
    (tmp_path / written.folder / "done.json").write_text(json.dumps(marker))
    found = find_output(Home(tmp_path), "clean", written.key)
    assert found is not None
    assert (found.files, found.format) == (written.files, 1)


def test_an_output_made_from_one_that_was_made_anew_with_other_bytes_counts_as_not_there(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    first = write(home)
    second = _from(home, first)
    assert find_output(Home(tmp_path), "sign", second.key) == second
    flipped(tmp_path / first.folder)
    write(Home(tmp_path))  # the same bytes again
    assert find_output(Home(tmp_path), "sign", second.key) == second
    flipped(tmp_path / first.folder)
    write(Home(tmp_path), kept=sample_table(["a", "other"]))
    assert find_output(Home(tmp_path), "sign", second.key) is None


def _from(home: Home, output: StageOutput) -> StageOutput:
    return write_output(
        home,
        stage="sign",
        version=1,
        parameters={},
        inputs=[output.key],
        source="s",
        shard=0,
        rows_in=0,
        seconds=0.0,
        kept=REJECT_SCHEMA.empty_table(),
        rejected=REJECT_SCHEMA.empty_table(),
        made_from={output.name: output.content},
    )


@pytest.mark.parametrize("content", [b"", b'{"sha256": "0", "value": 3}', b'{"value"', b"\xff\xfe"])
def test_a_damaged_memo_counts_as_not_there(tmp_path: Path, content: bytes) -> None:
    home = Home(tmp_path)
    write_memo(home, "stages/x/memo.json", {"a": [1, 2.5, "b"]})
    assert read_memo(home, "stages/x/memo.json") == {"a": [1, 2.5, "b"]}
    (tmp_path / "stages/x/memo.json").write_bytes(content)
    assert read_memo(home, "stages/x/memo.json") is None
    assert (tmp_path / "damaged/stages/x/memo.json-1").read_bytes() == content
    assert read_memo(home, "stages/x/memo.json") is None
