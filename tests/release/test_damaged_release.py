"""A build looks at the release that is there: one that is damaged is moved aside and published anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from storage.home import Home
from storage.release_check import whole_release
from tasks.checks import verify_release
from tests.releases import Releases


def data_deleted(folder: Path) -> None:
    next((folder / "data").glob("train-*.parquet")).unlink()


def data_flipped(folder: Path) -> None:
    path = next((folder / "data").glob("train-*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def card_changed(folder: Path) -> None:
    (folder / "README.md").write_text((folder / "README.md").read_text() + "\n")


def catalogue_deleted(folder: Path) -> None:
    (folder / "catalog.duckdb").unlink()


def catalogue_damaged(folder: Path) -> None:
    path = folder / "catalog.duckdb"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def catalogue_changed(folder: Path) -> None:
    with duckdb.connect(str(folder / "catalog.duckdb")) as catalog:
        catalog.execute("UPDATE samples SET license = 'another'")


def manifest_half(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    "damage",
    [
        *(data_deleted, data_flipped, card_changed, manifest_half),
        *(catalogue_deleted, catalogue_damaged, catalogue_changed),
    ],
)
def test_a_damaged_release_counts_as_not_there_and_is_kept_aside(
    releases: Releases, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    home = Home(tmp_path)
    version = releases.first.name
    folder = tmp_path / "releases/sft" / version
    shutil.copytree(releases.first, folder)
    shutil.copytree(releases.home / "stages/publish", tmp_path / "stages/publish")
    whole = whole_release(home, "sft", version)
    assert whole is not None
    assert whole.version == version
    damage(folder)
    there = sorted(path.name for path in folder.rglob("*"))
    assert whole_release(home, "sft", version) is None
    assert not folder.exists()
    aside = tmp_path / "damaged/releases/sft" / f"{version}-1"
    assert sorted(path.name for path in aside.rglob("*")) == there


def test_current_is_resolved_once(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a release is verified by way of `current`, another is published."""
    for release in (releases.first, releases.second):
        shutil.copytree(release, tmp_path / release.name)
    current = tmp_path / "current"
    current.symlink_to(releases.first.name)
    real = verify_release.wrong_files

    def switched(*arguments: object) -> list[str]:
        current.unlink()
        current.symlink_to(releases.second.name)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(verify_release, "wrong_files", switched)
    assert verify_release.verify_release(current) == []
    assert current.resolve().name == releases.second.name
