"""The plan of a build: what it would read, what each quota would yield, and that nothing is started."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from flows.cli import app
from flows.dry_run import dry_run
from flows.pipeline import recorded_config
from tests.corpora import write_corpus
from tests.releases import Releases, pictures, rows_of
from vincicoder.config import BuildConfig
from vincicoder.refine.config import RefineConfig

QUOTAS = [
    {"name": "vector", "where": {"domain": "svg", "task": "direct"}, "rows": 8},
    {"name": "vector-refine", "where": {"domain": "svg", "task": "refine"}, "rows": 1000},
    {"name": "charts", "where": {"language": "python"}, "max_rows_per_source": 2},
]


def write_recipe(folder: Path, others: str = "take") -> Path:
    path = folder / "small.yaml"
    path.write_text(json.dumps({"name": "small", "quotas": QUOTAS, "others": others}))
    return path


def test_before_any_build_the_sources_rows_are_what_could_come(tmp_path: Path) -> None:
    own = write_corpus(tmp_path, "own", pictures())
    home = tmp_path / "home"
    command = [
        "build", "sft", "--profile", "none", "--source-config", str(own), "--home", str(home),
        "--recipe", str(write_recipe(tmp_path)), "--refine-share", "50", "--dry-run",
    ]  # fmt: skip
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    plan = json.loads(done.stdout)
    assert (plan["rows"], plan["shards"], plan["recipe"]) == (18, 3, "small")
    assert {s["name"]: (s["rows"], s["finished"]) for s in plan["sources"]} == {
        "own-svg": (12, False),
        "own-diagram": (3, False),
        "own-chart": (3, False),
    }
    quotas = {q["name"]: (q["wanted"], q["finished"], q["at_most"], q["expected"]) for q in plan["quotas"]}
    assert quotas["vector"] == (8, 0, 12, 8)
    assert quotas["vector-refine"] == (1000, 0, 6, 6)
    assert list(home.rglob("*.parquet")) == [] and not (home / "releases").exists()
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0
    assert "Nothing was started" in told.output
    assert CliRunner().invoke(app, [*command, "--strict"]).exit_code == 1
    plain = json.loads(CliRunner().invoke(app, [*command, "--no-refine", "--json"]).stdout)
    assert next(q for q in plain["quotas"] if q["name"] == "vector-refine")["expected"] == 0


def test_finished_rows_are_counted_as_they_are(releases: Releases, tmp_path: Path) -> None:
    config = BuildConfig(
        profile=None,
        source_configs=(releases.own,),
        benchmarks=releases.benchmarks,
        recipe=str(write_recipe(tmp_path, others="drop")),
        refine=RefineConfig(share_percent=100),
    )
    before = {path: path.stat().st_mtime_ns for path in releases.home.rglob("*")}
    plan = dry_run(config, str(releases.home), recorded_config(config))
    assert before == {path: path.stat().st_mtime_ns for path in releases.home.rglob("*")}
    assert all(source.finished for source in plan.sources)
    held = Counter((row["domain"], row["task"]) for row in rows_of(releases.second))
    found = {quota.name: quota for quota in plan.quotas}
    assert found["vector"].finished == held["svg", "direct"]
    assert found["vector"].expected == min(8, held["svg", "direct"])
    assert found["vector-refine"].expected == held["svg", "refine"]
    assert found["vector-refine"].shortfall == 1000 - held["svg", "refine"]
    assert found["charts"].expected == 2
    assert [quota.at_most for quota in plan.quotas] == [0, 0, 0]


def test_other_settings_make_finished_rows_count_for_nothing(releases: Releases, tmp_path: Path) -> None:
    config = BuildConfig(profile=None, source_configs=(releases.own,), refine=RefineConfig(share_percent=10))
    plan = dry_run(config, str(releases.home), recorded_config(config))
    assert not any(source.finished for source in plan.sources)
