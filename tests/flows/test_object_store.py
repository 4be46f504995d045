"""A build whose home is on an S3 server: the same release as a local one, and what reads it."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.pipeline import run_build
from flows.runners import DirectRunner
from storage.home import Home
from storage.manifest import load_manifest
from storage.release import current_version
from storage.release_facts import data_files, file_problems
from tests.corpora import write_corpus
from tests.s3 import BUCKET, S3Server
from tests.samples import BAD, GOOD, rows
from vincicoder.config import BuildConfig


def test_a_build_on_s3_gives_the_same_bytes_and_is_read_by_all_commands(
    tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_data_apart(tmp_path / "data", monkeypatch)
    cases = [case for kind in (GOOD, BAD) for case in kind if case[2] == "svg"][:5]
    config = BuildConfig(
        profile=None, source_configs=(write_corpus(tmp_path, "own", rows(cases)),), workers=1, shard_rows=2
    )
    uri = f"s3://{BUCKET}/builds/{tmp_path.name}"
    local = run_build(config, str(tmp_path / "local"), DirectRunner(1), flow_run="")
    before = len(s3.requests())
    built = run_build(config, uri, DirectRunner(1), flow_run="")
    assert (built.version, built.kept, built.rejected) == (local.version, local.kept, local.rejected)
    asked = Counter(one.split()[0] for one in s3.requests()[before:])
    shards = -(-len(cases) // 2)
    assert asked["HEAD"] < 10, "nothing is asked for a row or a shard"

    before = len(s3.requests())
    assert run_build(config, uri, DirectRunner(1), flow_run="").version == local.version
    asked = Counter(one.split()[0] for one in s3.requests()[before:])
    assert asked["PUT"] <= 8, "a lease, its end, a probe and the pointer"
    assert sum(asked.values()) <= 40 + 25 * shards, asked

    home = Home(uri)
    assert current_version(home, "sft") == local.version
    assert file_problems(home, "sft", local.version) == []
    files = data_files(home, "sft", local.version, "train")
    copied = files[0].parent.parent
    assert copied.is_relative_to(tmp_path / "data")
    for file in (*load_manifest(copied).files, None):
        path = file.path if file else "manifest.json"
        assert (copied / path).read_bytes() == (Path(local.release) / path).read_bytes(), path
    for command in (["audit"], ["release", "verify", "current"], ["release", "show"]):
        done = CliRunner().invoke(app, [*command, "--home", uri])
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, ["sql", "SELECT count(*) AS rows FROM samples", "--home", uri, "--json"])
    assert json.loads(done.output) == [{"rows": local.kept + local.made}]

    train = next((copied / "data").glob("train-*.parquet"))
    train.write_bytes(train.read_bytes()[:-1])
    assert file_problems(home, "sft", local.version) == [], "a damaged copy is fetched anew"
    assert train.read_bytes() == (Path(local.release) / "data" / train.name).read_bytes()

    home.write_bytes(f"releases/sft/{local.version}/README.md", b"changed in the store")
    done = CliRunner().invoke(app, ["release", "verify", "current", "--home", uri])
    assert done.exit_code == 1
    assert "README.md is not what was published" in done.output


def _put_data_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what commands keep on this machine lie in a folder, with the tools and corpora that are installed:
    without them the renderers have other fingerprints, which the tests after this one would find known."""
    own = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share"), "vincicoder")
    for name in ("corpora", "languages", "libraries", "stacks"):
        (folder / "vincicoder").mkdir(parents=True, exist_ok=True)
        (folder / "vincicoder" / name).symlink_to(own / name)
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
