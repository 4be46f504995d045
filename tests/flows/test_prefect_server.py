"""The documented cycle on loopback: server, work pool, deploy, worker, deployment run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from storage.home import Home
from storage.release import current_version
from tests.flows.server import ask, prefect, running_server, running_worker


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with running_server(tmp_path_factory.mktemp("prefect")) as variables:
        yield variables


def _drawing(shape: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">{shape}</svg>'


def _write_own_data(folder: Path) -> tuple[str, str]:
    """Write a published corpus in its layout and own data with its YAML; return the two parameters."""
    bars = [_drawing(f'<rect x="{n % 8 * 10}" width="{n % 5 * 4 + 6}" height="90"/>') for n in range(400)]
    dots = [_drawing(f'<circle cx="{n % 9 * 10}" cy="45" r="{n % 7 * 6 + 9}"/>') for n in range(400)]
    corpus = [
        {
            "image": f"{n}.png",
            "messages": [{"role": "user", "content": "<image>"}, {"role": "assistant", "content": bar}],
        }
        for n, bar in enumerate(bars)
    ]
    (folder / "UniSVG").mkdir()
    (folder / "UniSVG" / "UniSVG_train.json").write_text(json.dumps(corpus))
    (folder / "own.jsonl").write_text("\n".join(json.dumps({"code": dot}) for dot in dots))
    (folder / "own.yaml").write_text(
        "sources:\n  - {name: own-icons, format: jsonl, path: own.jsonl, domain: svg, language: svg,\n"
        "     license: CC-BY-4.0, citation: 'Our icons, 2026'}\n"
    )
    sources, configs = [f"unisvg={folder / 'UniSVG'}"], [str(folder / "own.yaml")]
    return f"sources={json.dumps(sources)}", f"source_configs={json.dumps(configs)}"


def test_deployed_build_publishes_a_release(environment: dict[str, str], tmp_path: Path) -> None:
    sources, source_configs = _write_own_data(tmp_path)
    prefect(environment, "work-pool", "create", "--type", "process", "gpu")
    log, home = tmp_path / "worker.log", tmp_path / "home"
    with running_worker(environment, "local", log):
        prefect(environment, "--no-prompt", "deploy", "--all")
        printed = prefect(
            environment,
            "deployment",
            "run",
            "build-sft-data/default",
            "--param",
            "limit=24",
            "--param",
            f"home={json.dumps(str(home))}",
            "--param",
            sources,
            "--param",
            source_configs,
            "--watch",
            seconds=300,
        )
    assert "Completed" in printed, log.read_text()

    version = current_version(Home(home), "sft")
    with duckdb.connect(str(home / f"releases/sft/{version}/catalog.duckdb"), read_only=True) as catalog:
        collected = catalog.execute("SELECT sum(collected)::INT FROM sources").fetchone()
        own = catalog.execute(
            "SELECT name, license, citation, collected, released FROM sources "
            "WHERE name IN ('unisvg', 'own-icons') ORDER BY name"
        ).fetchall()
        flow_run = catalog.execute("SELECT flow_run FROM build").fetchone()
    assert collected == (24,)
    assert [row[:2] for row in own] == [("own-icons", "CC-BY-4.0"), ("unisvg", "Apache-2.0")]
    assert all(taken == 3 and released > 0 for *_, taken, released in own), own
    card = (home / f"releases/sft/{version}/README.md").read_text()
    assert "Our icons, 2026" in card and all(citation in card for _, _, citation, *_ in own)

    runs = ask(environment, "/flow_runs/filter", {})
    assert isinstance(runs, list) and [run["id"] for run in runs if run["state_type"] == "COMPLETED"] == [
        flow_run[0]
    ]  # type: ignore[index]
    tasks = ask(environment, "/task_runs/filter", {"limit": 200})
    assert isinstance(tasks, list)
    names = {task["name"] for task in tasks}
    assert "render openclipart 0000" in names, sorted(names)
    assert all(task["state_type"] == "COMPLETED" for task in tasks)
    artifacts = ask(environment, "/artifacts/latest/filter", {})
    assert isinstance(artifacts, list)
    assert {artifact["key"] for artifact in artifacts} == {"sft-funnel", "sft-yield-by-source"}
    deployments = ask(environment, "/deployments/filter", {})
    assert isinstance(deployments, list)
    crons = [schedule["schedule"]["cron"] for found in deployments for schedule in found["schedules"]]
    assert (len(deployments), crons) == (4, ["0 2 * * *"])
