"""Two Prefect workers and one home: the second build waits or refuses, and harms nothing."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from storage.home import Home
from storage.release import current_version
from tests.corpora import write_corpus
from tests.flows.conftest import Deployed
from tests.flows.server import ask, prefect, running_worker, wait_for_line, wait_for_run
from tests.s3 import BUCKET, S3Server

_POOL = "pair"
_TRIES = 3  # a loaded machine may take a minute to start a run
_SLOW = "import time\nimport matplotlib.pyplot as plt\ntime.sleep(2)\nplt.plot([1, {n}])\nplt.show()\n"


@pytest.fixture
def s3_variables(s3: S3Server) -> dict[str, str]:
    return dict(s3.variables)


@pytest.mark.parametrize("place", ["folder", "object store"])
def test_of_two_workers_with_one_home_one_builds_and_the_other_refuses(
    deployed: Deployed, tmp_path: Path, s3_variables: dict[str, str], place: str
) -> None:
    for number in range(_TRIES):
        folder = tmp_path / str(number)
        folder.mkdir()
        home = str(folder / "home") if place == "folder" else f"s3://{BUCKET}/two-workers-{number}"
        logs = [folder / "first.log", folder / "second.log"]
        built, second = _build_twice(deployed.environment, folder, home, s3_variables, logs)
        if second["start_time"] < built["end_time"]:
            break
    else:
        pytest.fail("the second run never began before the first one had ended: is the machine loaded?")
    assert built["state_type"] == "COMPLETED", _text(logs)
    assert second["state_type"] == "FAILED", _text(logs)
    assert "another build" in second["state"]["message"]
    took = [set(re.findall(r"/runs/flow-run/(\S+)", log.read_text())) for log in logs]
    assert sorted(map(len, took)) == [1, 1] and took[0] != took[1], "each worker took one run"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_variables.items():
            patch.setenv(name, value)
        assert current_version(Home(home), "sft") is not None
        assert Home(home).list_names("damaged") == []


def _build_twice(
    environment: dict[str, str], folder: Path, home: str, variables: dict[str, str], logs: list[Path]
) -> tuple[Any, Any]:
    """Start a build, and another one once it renders; return both runs when they have ended."""
    rows = [
        {"id": f"slow-{n}", "domain": "chart", "language": "python", "code": _SLOW.format(n=n)}
        for n in range(8)
    ]
    build: dict[str, Any] = {
        "profile": None, "source_configs": [str(write_corpus(folder, "slow", rows))], "home": home,
        "refine": False, "shard_rows": 2, "workers": 1,
    }  # fmt: skip
    with ExitStack() as stack:
        prefect(environment, "work-pool", "create", "--type", "process", "--overwrite", _POOL)
        stack.callback(prefect, environment, "--no-prompt", "work-pool", "delete", _POOL)
        for log in logs:
            stack.enter_context(running_worker(environment, _POOL, log, "--limit", "1"))
        first = _start(environment, build, variables)
        wait_for_line(environment, first, r"render slow-chart 000\d: 2 kept.*")
        second = _start(environment, build, variables)
        second_run = wait_for_run(environment, second)
        return wait_for_run(environment, first), second_run


def _start(environment: dict[str, str], parameters: dict[str, Any], variables: dict[str, str]) -> str:
    """Start a run of the build on the pool of two workers; return its id."""
    found = ask(environment, "/deployments/name/build-sft-data/default")
    kept = ("flow_id", "entrypoint", "path", "pull_steps", "parameter_openapi_schema")
    made = ask(environment, "/deployments/", {
        **{name: found[name] for name in kept}, "name": "pair", "work_pool_name": _POOL,
    })  # fmt: skip
    run = ask(environment, f"/deployments/{made['id']}/create_flow_run", {
        "parameters": parameters, "job_variables": {"env": variables},
    })  # fmt: skip
    return str(run["id"])


def _text(logs: list[Path]) -> str:
    return "".join(log.read_text() for log in logs)
