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
from tests.s3 import BUCKET, S3Server


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


def test_a_release_on_a_store_is_fetched_once_and_then_listed(releases: Releases, s3: S3Server) -> None:
    version = releases.first.name
    home = Home(f"s3://{BUCKET}/listed")
    names = [f"releases/sft/{version}/{path.relative_to(releases.first)}" for path in _files(releases.first)]
    names.append(f"stages/publish/{version}.catalog.json")
    for name in names:
        home.write_bytes(name, (releases.home / name).read_bytes())
    with home.lock():
        assert whole_release(home, "sft", version) is not None
    before = len(s3.requests())
    assert whole_release(Home(home.uri), "sft", version) is not None
    asked = [one for one in s3.requests()[before:] if one.startswith("GET")]
    assert not [one for one in asked if "/data/" in one]
    assert len(asked) == 4  # the manifest, the catalogue's hash, the record, the listing
    home.write_bytes(names[0], (releases.home / names[0]).read_bytes() + b"x")
    assert whole_release(Home(home.uri), "sft", version) is None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


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
