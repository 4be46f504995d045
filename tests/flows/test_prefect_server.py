"""The documented cycle on loopback: server, work pool, deploy, worker, deployment run."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import duckdb
import yaml

from storage.home import Home
from storage.release import current_version
from tests.flows.conftest import Deployed
from tests.flows.server import ROOT, ask, prefect, wait_for_line

_ROWS = 12
_BEFORE = ["collect", "clean", "sign", "dedup_code", "render", "verify", "verify_source", "dedup"]
_STAGES = [*_BEFORE, "decontaminate", "refine", "compose", "publish"]
_ENDS = re.compile(
    r"(?P<stage>\w+) ends: (?P<shards>\d+)/(?P=shards) shards, (?P<rows>\d+)/(?P=rows) rows, "
    r"(?P<kept>\d+) kept, (?P<rejected>\d+) rejected, \d+\.\d s"
)


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


def check_stages(lines: list[str], manifest: Path) -> None:
    """Every stage says in its turn when it starts and ends, with the counts that the manifest has."""
    starts = [line.split()[0] for line in lines if " starts: " in line]
    ends = {found["stage"]: found for line in lines if (found := _ENDS.fullmatch(line))}
    assert starts == list(ends) == _STAGES, lines
    funnel = {row["stage"]: row for row in json.loads(manifest.read_text())["funnel"]}
    told = {stage: tuple(int(ends[stage][name]) for name in ("rows", "kept")) for stage in funnel}
    assert told == {stage: (row["in"], row["kept"]) for stage, row in funnel.items()}


def test_deployed_build_publishes_a_release(deployed: Deployed, tmp_path: Path) -> None:
    environment, home = deployed.environment, tmp_path / "home"
    sources, source_configs = _write_own_data(tmp_path)
    parameters = [f"limit={_ROWS}", f"home={json.dumps(str(home))}", sources, source_configs]
    given = [part for parameter in parameters for part in ("--param", parameter)]
    printed = prefect(
        environment, "deployment", "run", "build-sft-data/default", *given, "--watch", seconds=480
    )
    assert "Completed" in printed, deployed.log()

    version = current_version(Home(home), "sft")
    with duckdb.connect(str(home / f"releases/sft/{version}/catalog.duckdb"), read_only=True) as catalog:
        collected = catalog.execute("SELECT sum(collected)::INT FROM sources").fetchone()
        own = catalog.execute(
            "SELECT name, license, citation, collected, released FROM sources "
            "WHERE name IN ('unisvg', 'own-icons') ORDER BY name"
        ).fetchall()
        flow_run = catalog.execute("SELECT flow_run FROM build").fetchone()
    assert collected == (_ROWS,)
    assert [row[:2] for row in own] == [("own-icons", "CC-BY-4.0"), ("unisvg", "Apache-2.0")]
    assert all(taken == 1 and released > 0 for *_, taken, released in own), own
    card = (home / f"releases/sft/{version}/README.md").read_text()
    assert "Our icons, 2026" in card and all(citation in card for _, _, citation, *_ in own)

    assert flow_run is not None
    ours = {"id": {"any_": list(flow_run)}}
    runs = ask(environment, "/flow_runs/filter", {"flow_runs": ours})
    assert isinstance(runs, list) and [run["state_type"] for run in runs] == ["COMPLETED"]
    tasks = ask(environment, "/task_runs/filter", {"limit": 200, "flow_runs": ours})
    assert isinstance(tasks, list)
    names = {task["name"] for task in tasks}
    assert "render openclipart 0000" in names, sorted(names)
    assert all(task["state_type"] == "COMPLETED" for task in tasks)
    wanted = {"artifacts": {"flow_run_id": {"any_": list(flow_run)}}}
    artifacts = ask(environment, "/artifacts/filter", wanted)
    assert isinstance(artifacts, list)
    shown = {artifact["key"]: artifact for artifact in artifacts}
    assert set(shown) == {
        *("sft-progress", "sft-stages", "sft-release", "sft-report", "sft-funnel", "sft-yield-by-source")
    }
    assert shown["sft-progress"]["data"] == 100.0
    assert f"[{version}](file://{home}/releases/sft/{version})" in shown["sft-release"]["data"]
    assert f"(file://{home}/reports/sft/{version}/report.html)" in shown["sft-report"]["data"]
    assert runs[0]["name"] == f"build-sft-data packages, limit {_ROWS}"
    last = f"release {version} at {home}/releases/sft/{version} is the current one"
    lines = wait_for_line(environment, flow_run[0], re.escape(last))
    assert lines[-1]["message"] == last
    warnings = [line["message"] for line in lines if line["level"] == logging.WARNING]
    assert "unisvg 0000: 1 rows: own picture not found: '0.png'" in warnings, warnings
    check_stages([line["message"] for line in lines], home / f"releases/sft/{version}/manifest.json")
    deployments = ask(environment, "/deployments/filter", {})
    assert isinstance(deployments, list)
    described = next(one for one in deployments if "profile" in one["parameter_openapi_schema"]["properties"])
    properties = described["parameter_openapi_schema"]["properties"]
    assert [name for name, field in properties.items() if not field.get("description")] == []
    assert described["parameters"]["strict"] is True
    crons = [schedule["schedule"]["cron"] for found in deployments for schedule in found["schedules"]]
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert {found["entrypoint"] for found in deployments} == {one["entrypoint"] for one in declared}
    assert (len(deployments), crons) == (len(declared), ["0 2 * * *"])
