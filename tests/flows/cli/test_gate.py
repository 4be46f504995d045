"""A source taken away between two builds: the release is published, `current` stays, and exit 1 says why."""

from __future__ import annotations

import json
from pathlib import Path

from storage.home import Home
from storage.release import current_version
from tests.corpora import write_corpus
from tests.flows.cli.test_cli import vincicoder
from tests.flows.test_prefect_runs import drawings


def test_a_lost_source_needs_to_be_accepted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    whole = drawings("svg", 3) + drawings("diagram", 6)[3:]
    own = write_corpus(tmp_path, "own", whole)
    build = ("build", "sft", "--profile", "none", "--source-config", str(own), "--home", str(home))
    assert vincicoder(*build, "--strict").returncode == 0
    before = current_version(Home(home), "sft")
    write_corpus(tmp_path, "own", whole[:3])
    refused = vincicoder(*build, "--json")
    assert refused.returncode == 1
    assert "source own-diagram is lost: it had 3 rows and has none" in refused.stderr
    assert "--accept" in refused.stderr and "Traceback" not in refused.stderr
    told = json.loads(refused.stdout.splitlines()[-1])
    assert told["version"] != before and len(told["refused"]) == 3
    assert current_version(Home(home), "sft") == before
    assert vincicoder(*build, "--accept").returncode == 0
    listed = json.loads(vincicoder("release", "list", "--home", str(home), "--json").stdout)
    assert {(one["version"], one["current"]) for one in listed} == {(before, False), (told["version"], True)}
    rows = {one["version"]: sum(one["rows"].values()) for one in listed}
    assert rows[told["version"]] == told["kept"] + told["made"] < rows[before]
    assert vincicoder("release", "verify", str(before), "--home", str(home)).returncode == 0
