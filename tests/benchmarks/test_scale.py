"""The benchmark of a build without drawing: its contract, and the page that is made of its figures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.scale import main
from benchmarks.scale_page import estimate, page

_NODES = {
    name: {"samples_per_second": speed, "render_samples_per_second": 2 * speed}
    for name, speed in (("1", 4.0), ("2", 7.0))
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Those of forty rows, in processes beside this one."""
    file = tmp_path_factory.mktemp("scale") / "scale.json"
    asked = ["--rows", "40", "--shard-rows", "20", "--processes", "2", "--workers", "2", "--node-rows", "0"]
    assert main([*asked, "--json", str(file)]) == 0
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_a_small_run_has_all_figures_by_stage(figures: dict[str, Any]) -> None:
    assert (figures["renderer"], figures["rows"], figures["processes"]) == ("replay", 40, 2)
    assert 0 < figures["kept"] <= 40
    assert figures["made"] > 0
    stages = set(figures["seconds"])
    assert {"collect", "render", "refine", "publish"} <= stages
    assert set(figures["cpu_seconds"]) == set(figures["peak_memory_mb"]) == stages
    assert all(50 < peak < 4000 for peak in figures["peak_memory_mb"].values())
    assert 0 < figures["unchanged_seconds"] < figures["total_seconds"]
    assert figures["bytes"] > 1000


def test_the_page_is_made_of_the_figures(figures: dict[str, Any]) -> None:
    def of(rows: int, **others: Any) -> dict[str, Any]:
        return {**figures, "rows": rows, **others}

    store = {"home": "s3 on loopback", "requests": {"GET": 9}, "unchanged_requests": {"GET": 4321}}
    real = {"renderer": "real", "render_share_beside_drawing": 0.0213}
    text = page(
        [
            *(of(20_000, processes=number, total_seconds=60.0 + number) for number in (1, 2, 4)),
            of(100_000, total_seconds=1234.0),
            of(1_600_000),
            of(100_000, **store),
            of(2_000, **real),
            {
                "rows": 3000,
                "node_shard_rows": 100,
                "node_cores": 0.5,
                "nodes": _NODES,
                "ratio": 1.75,
                "render_ratio": 1.91,
            },
        ]
    )
    assert "| local | 100,000 | 20 | 1,234 |" in text
    assert "20,000 rows took 61 s in one process" in text
    assert "4,321 GET requests" in text
    assert "| local | 2,000 | 20 |" in text
    assert "2.1%" in text
    assert "**1.91 times as many**" in text
    assert "4.0 and 7.0, 1.75 times" in text
    assert "30\nshards of 100 rows each" in text


def test_more_cores_take_fewer_hours_up_to_what_one_core_does(figures: dict[str, Any]) -> None:
    cpu = {**dict.fromkeys(figures["cpu_seconds"], 0.0), "refine": 3.6, "publish": 7.2}
    known = {"rows": 1000, "cpu_seconds": cpu}
    few, many = estimate(known, 1_000_000, 10), estimate(known, 1_000_000, 100_000)
    assert few["cpu_hours"] == many["cpu_hours"]
    assert few["bottleneck"] == "drawing"
    assert many["bottleneck"] == "publish"
    assert many["hours"] == pytest.approx(2.0, abs=0.01)  # 7.2 s a thousand rows
    assert few["dollars"] < many["dollars"]
