"""What a deployment's runs do by themselves: start by schedule, stop when cancelled, refuse losses."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from storage.home import Home
from storage.release import current_version
from tests.corpora import write_corpus
from tests.flows.conftest import Deployed
from tests.flows.server import ROOT, ask, start_run, wait_for_line, wait_for_run

_SECONDS = 240  # where all cores are taken


def drawings(domain: str, count: int) -> list[dict[str, Any]]:
    """Rows of SVG whose pictures differ."""
    colors = ("red", "green", "blue", "orange", "purple", "teal", "black", "gray")
    body = '<rect x="{x}" y="9" width="{w}" height="{h}" fill="{c}"/><circle cx="200" cy="{y}" r="{r}"/>'
    return [
        {
            "id": f"{domain}-{number}",
            "domain": domain,
            "language": "svg",
            "code": '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">'
            + body.format(
                x=5 + 9 * number, w=20 + 13 * number, h=230 - 17 * number, y=30 + 19 * number,
                r=8 + 3 * number, c=colors[number],
            )
            + "</svg>",
        }
        for number in range(count)
    ]  # fmt: skip


def own(config: Path, home: Path, **changes: Any) -> dict[str, Any]:
    """Parameters of a build from sources of one's own, into a home of its own."""
    return {
        "profile": None, "source_configs": [str(config)], "home": str(home), "refine": False, **changes,
    }  # fmt: skip


def test_a_schedule_starts_runs_by_itself(deployed: Deployed, tmp_path: Path) -> None:
    environment = deployed.environment
    config = write_corpus(tmp_path, "own", drawings("svg", 3))
    deployment = ask(environment, "/deployments/name/build-sft-data/default")
    kept = ("flow_id", "entrypoint", "path", "pull_steps", "work_pool_name", "parameter_openapi_schema")
    soon = datetime.now(UTC) + timedelta(seconds=8)
    scheduled = ask(environment, "/deployments/", {
        **{name: deployment[name] for name in kept},
        "name": "hourly",
        "parameters": own(config, tmp_path / "home"),
        "schedules": [
            {"active": True, "schedule": {"interval": 60.0, "anchor_date": soon.isoformat()}},
            {"active": True, "schedule": {"cron": "30 2 * * *", "timezone": "Asia/Kolkata"}},
        ],
    })  # fmt: skip
    try:
        run = first_run(environment, scheduled["id"])
        nightly = nights(environment, scheduled["id"])
        ended = wait_for_run(environment, run["id"])
    finally:
        ask(environment, f"/deployments/{scheduled['id']}", method="DELETE")
    assert (run["auto_scheduled"], ended["state_type"]) == (True, "COMPLETED"), deployed.log()
    assert ended["name"] == "build-sft-data own sources"
    assert nightly and {(night.hour, night.minute) for night in nightly} == {(21, 0)}, "02:30 there, in UTC"
    assert current_version(Home(tmp_path / "home"), "sft") is not None
    assert server_errors(deployed.logs / "server.log") == []


def nights(environment: dict[str, str], deployment_id: str) -> list[datetime]:
    """When the runs start that the scheduler made by cron, later than the next ten minutes, in UTC."""
    runs = ask(environment, "/flow_runs/filter", {"deployments": {"id": {"any_": [deployment_id]}}})
    starts = [datetime.fromisoformat(run["expected_start_time"]) for run in runs]
    return [start for start in starts if start > datetime.now(UTC) + timedelta(minutes=10)]


def server_errors(log: Path) -> list[str]:
    """What the server logged as errors, but for SQLite being locked, as on a busy machine."""
    entries = re.split(r"^(?=\d\d:\d\d:\d\d\.\d)", log.read_text("utf-8"), flags=re.MULTILINE)
    return [entry for entry in entries if "| ERROR " in entry and "database is locked" not in entry]


def first_run(environment: dict[str, str], deployment_id: str) -> dict[str, Any]:
    """Wait until a worker has taken a run that the scheduler made."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        runs = ask(environment, "/flow_runs/filter", {
            "deployments": {"id": {"any_": [deployment_id]}}, "sort": "EXPECTED_START_TIME_ASC",
        })  # fmt: skip
        taken = [run for run in runs if run["state_type"] != "SCHEDULED"]
        if taken:
            return dict(taken[0])
        time.sleep(0.5)
    raise AssertionError(f"no run was scheduled and taken within {_SECONDS} s")


def test_a_cancelled_run_tells_its_progress_and_leaves_no_failed_task(
    deployed: Deployed, tmp_path: Path
) -> None:
    environment = deployed.environment
    slow = "import time\nimport matplotlib.pyplot as plt\ntime.sleep(4)\nplt.plot([1, {n}])\nplt.show()\n"
    rows = [
        {"id": f"slow-{n}", "domain": "chart", "language": "python", "code": slow.format(n=n)}
        for n in range(30)  # more than are drawn until the worker hears of it
    ]
    parameters = own(write_corpus(tmp_path, "slow", rows), tmp_path / "home", shard_rows=1)
    run_id = start_run(environment, "build-sft-data/default", parameters)
    progress = (
        r"render slow-chart 00\d\d: 1 kept, 0 rejected; \d+/30 shards, \d+/30 rows, "
        r"\d\.\d rows/s, \d+:\d\d left; the build about \d+%, \d+:\d\d left"
    )
    wait_for_line(environment, run_id, progress)
    cancelling = {"state": {"type": "CANCELLING", "name": "Cancelling"}, "force": False}
    ask(environment, f"/flow_runs/{run_id}/set_state", cancelling)
    assert wait_for_run(environment, run_id)["state_type"] == "CANCELLED", deployed.log()
    tasks = ask(environment, "/task_runs/filter", {
        "flow_runs": {"id": {"any_": [run_id]}}, "limit": 200,
    })  # fmt: skip
    states = {task["name"]: task["state_type"] for task in tasks}
    assert set(states.values()) <= {"COMPLETED", "CANCELLED"}, states
    assert "CANCELLED" in states.values()


def test_workers_bound_the_shards_of_a_command_on_a_server(deployed: Deployed, tmp_path: Path) -> None:
    environment, home = deployed.environment, tmp_path / "home"
    config = write_corpus(tmp_path, "own", drawings("svg", 6))
    command = [sys.executable, "-m", "flows.cli", "build", "sft", "--profile", "none", "--no-refine"]
    command += ["--source-config", str(config), "--home", str(home), "--shard-rows", "1", "--workers", "1"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    latest = ask(environment, "/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 10})
    (run,) = [run for run in latest if run["parameters"].get("home") == str(home)]
    assert run["parameters"]["workers"] == 1
    ours = {"flow_runs": {"id": {"any_": [run["id"]]}}, "limit": 200}
    tasks = ask(environment, "/task_runs/filter", ours)
    times = sorted(
        tuple(datetime.fromisoformat(task[name]) for name in ("start_time", "end_time")) for task in tasks
    )
    assert len(times) > 6 * 5
    assert all(end <= start for (_, end), (start, _) in pairwise(times)), times


def test_a_run_that_lost_a_source_is_red_and_the_current_release_stays(
    deployed: Deployed, tmp_path: Path
) -> None:
    environment, home = deployed.environment, tmp_path / "home"
    whole = write_corpus(tmp_path, "own", drawings("svg", 4) + drawings("diagram", 8)[4:])
    first = start_run(environment, "build-sft-data/default", own(whole, home))
    assert wait_for_run(environment, first)["state_type"] == "COMPLETED", deployed.log()
    before = current_version(Home(home), "sft")
    write_corpus(tmp_path, "own", drawings("svg", 4))
    second = wait_for_run(environment, start_run(environment, "build-sft-data/default", own(whole, home)))
    assert second["state_type"] == "FAILED"
    assert "source own-diagram is lost: it had 4 rows and has none" in second["state"]["message"]
    assert current_version(Home(home), "sft") == before
    assert len(Home(home).list_names("releases/sft")) == 3, "both releases, and the pointer"
    shown = ask(environment, "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [second["id"]]}}})
    assert any("source own-diagram is lost" in str(artifact["description"]) for artifact in shown)
    accepted = start_run(environment, "build-sft-data/default", own(whole, home, accept=True))
    assert wait_for_run(environment, accepted)["state_type"] == "COMPLETED"
    assert current_version(Home(home), "sft") not in (None, before)
