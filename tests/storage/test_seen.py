"""What was compared with its hashes is not read again by the next build, unless it was touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import outputs
from storage.home import Home
from storage.outputs import DamagedOutputError, StageOutput, find_output, peek_output, read_output
from tests.storage.test_damage import flipped, missing, truncated
from tests.storage.test_outputs import write


@pytest.fixture
def written(tmp_path: Path) -> StageOutput:
    """An output that a build has made."""
    home = Home(tmp_path)
    with home.lock():
        output: StageOutput = write(home)
    return output


def flipped_and_put_back_in_time(folder: Path) -> None:
    path = folder / "kept.parquet"
    before = path.stat()
    flipped(folder)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(folder: Path) -> None:
    path = folder / "kept.parquet"
    (folder / "other").write_bytes(b"\0" * path.stat().st_size)
    (folder / "other").replace(path)


def test_a_look_at_columns_reads_no_table_whole_unless_it_was_touched(
    tmp_path: Path, written: StageOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_output(Home(tmp_path), written, columns=["sample_id"])
    with monkeypatch.context() as changed:
        changed.setattr(outputs, "_check_content", pytest.fail)
        assert peek_output(Home(tmp_path), written, ["sample_id"]) == rows
    flipped(tmp_path / written.folder)
    with pytest.raises(DamagedOutputError, match="sha256 is not the marker's"):
        peek_output(Home(tmp_path), written, ["sample_id"])


def test_what_nobody_touched_is_not_read(
    tmp_path: Path, written: StageOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = (tmp_path / "stages/seen.json").stat().st_mtime_ns
    with monkeypatch.context() as changed:
        changed.setattr(outputs, "_check_content", pytest.fail)
        home = Home(tmp_path)
        with home.lock():
            assert find_output(home, "clean", written.key) == written
    assert (tmp_path / "stages/seen.json").stat().st_mtime_ns == record


@pytest.mark.parametrize("damage", [truncated, missing, flipped, flipped_and_put_back_in_time, replaced])
def test_what_was_touched_is_read(
    tmp_path: Path, written: StageOutput, damage: Callable[[Path], None]
) -> None:
    damage(tmp_path / written.folder)
    assert find_output(Home(tmp_path), "clean", written.key) is None


def test_a_file_that_was_touched_and_is_whole_is_noted_anew(tmp_path: Path, written: StageOutput) -> None:
    os.utime(tmp_path / written.folder / "kept.parquet", (1, 1))
    home = Home(tmp_path)
    with home.lock():
        assert find_output(home, "clean", written.key) == written
        assert home.read_whole == {f"{written.folder}/{name}" for name in written.files}
    home = Home(tmp_path)
    assert find_output(home, "clean", written.key) == written
    assert not home.read_whole


def test_a_bit_that_turned_unseen_is_found_by_the_first_reader(tmp_path: Path, written: StageOutput) -> None:
    flipped(tmp_path / written.folder)
    home = Home(tmp_path)
    marker = (tmp_path / written.folder / "done.json").read_bytes()
    home.seen.note(written.folder, home.seen.stamp(written.folder, written.files, marker))
    assert find_output(home, "clean", written.key) == written
    assert read_output(home, written, "rejected").num_rows == 0
    with pytest.raises(DamagedOutputError, match=r"its sha256 is not the marker's; .* run the same command"):
        read_output(home, written)
    assert (tmp_path / f"damaged/{written.folder}-1/kept.parquet").exists()
    assert find_output(home, "clean", written.key) is None


def test_a_record_that_is_damaged_counts_as_not_there(tmp_path: Path, written: StageOutput) -> None:
    (tmp_path / "stages/seen.json").write_bytes(b"{")
    home = Home(tmp_path)
    assert find_output(home, "clean", written.key) == written
    assert home.read_whole
