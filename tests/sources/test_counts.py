"""Rows of embedded sources are counted once a version, and anew where files are gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.home import Home
from tasks.sft.collect import CollectShard, collect_shard
from vincicoder.sources import counts
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.counts import row_count
from vincicoder.sources.files import FileSource
from vincicoder.sources.profiles import Selection, select_positions


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A corpus of three drawings, which counts as embedded, in a corpora folder of its own."""
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    monkeypatch.setattr(counts, "is_embedded", lambda _: True)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in range(3):
        (corpus / f"{number}.svg").write_text(f"<svg id='{number}'/>")
    yield corpus


def drawings(folder: Path, version: str = "1.0") -> FileSource:
    info = SourceInfo("drawings", "svg", ("svg",), "MIT", "here", "none")
    return FileSource(info, lambda: folder, lambda: version, ("*.svg",))


def test_a_version_is_counted_once(folder: Path) -> None:
    assert row_count(drawings(folder)) == 3
    (folder / "3.svg").write_text("<svg/>")
    assert list(select_positions(Selection("drawings"), drawings(folder))) == [0, 1, 2]
    assert row_count(drawings(folder, "1.1")) == 4


def test_a_source_of_that_name_that_is_not_embedded_is_always_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert row_count(drawings(folder)) == 3
    monkeypatch.undo()
    (folder / "3.svg").write_text("<svg/>")
    assert row_count(drawings(folder)) == 4


def test_rows_that_are_gone_are_said_and_counted_anew(folder: Path, tmp_path: Path) -> None:
    assert row_count(drawings(folder)) == 3
    (folder / "1.svg").unlink()
    home = Home(str(tmp_path / "home"))
    with pytest.raises(SourceUnavailableError, match="drawings gave 2 of the 3 rows that were counted"):
        collect_shard.fn(home, "drawings", 0, drawings(folder), CollectShard((0, 1, 2)), 1000)
    assert row_count(drawings(folder)) == 2
