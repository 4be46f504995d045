"""Every published layout gives its item, with all that the benchmark says of it; and only its items."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.layouts import (
    CODE,
    LAYOUTS,
    Layout,
    chart2code,
    chartmimic,
    chartmimic_table,
    picture,
    vision2code,
)
from vincicoder.benchmarks import BENCHMARKS, BenchmarkError, choose_one, content_digest, read_items
from vincicoder.evaluate.published import published_items

CASES = [
    pytest.param(name, layout, id=f"{name}-{layout.write.__name__}")
    for name, layouts in LAYOUTS.items()
    for layout in layouts
]


def test_every_benchmark_has_a_layout_here() -> None:
    assert set(LAYOUTS) == set(BENCHMARKS)
    assert all(benchmark.source for benchmark in BENCHMARKS.values())


@pytest.mark.parametrize(("name", "layout"), CASES)
def test_each_layout_gives_its_item(name: str, layout: Layout, tmp_path: Path) -> None:
    layout.write(tmp_path)
    chosen = choose_one(f"{name}={tmp_path}")
    (item,) = read_items(chosen)
    assert item.item == layout.item or not layout.item
    assert (item.language, item.domain) == (layout.language, layout.domain)
    assert (item.group, item.difficulty, item.chart_type) == layout.parts
    assert (item.code or "").strip() == (layout.expected_code or "").strip()
    assert item.image == (picture() if layout.pictured else None)
    assert (item.request, item.shown) == (layout.request, layout.shown)
    (asked,) = published_items(chosen)
    assert (asked.code, asked.image, asked.shown) == (item.code, item.image, layout.shown)
    assert asked.instruction.count("<image>") == 1
    assert (layout.request or "").removeprefix("<image>") in asked.instruction


def test_parts_are_read_alone_and_ids_stay_unique(tmp_path: Path) -> None:
    chartmimic(tmp_path / "mimic")
    chartmimic_table(tmp_path / "mimic")
    alone = read_items(choose_one(f"chartmimic/direct_600={tmp_path / 'mimic'}"))
    assert [item.item for item in alone] == ["direct_600/bar_1"]
    vision2code(tmp_path / "vision")
    mini = read_items(choose_one(f"vision2code/test_mini={tmp_path / 'vision'}"))
    assert [item.item for item in mini] == ["test_mini/ChartQA_1"]
    twice = tmp_path / "twice.jsonl"
    twice.write_text("".join(json.dumps({"id": "a", "smiles": smiles}) + "\n" for smiles in ("C", "CC")))
    assert [item.item for item in read_items(choose_one(f"molecules={twice}"))] == ["a", "a#2"]
    for wrong, said in (
        ("chartmimic/direct=.", "its parts are direct_600"),
        ("no=.", "with a name of chart2code"),
        ("molecules=nowhere", "nothing at nowhere"),
        ("sarena=hub", "no hub id is known"),
    ):
        with pytest.raises(BenchmarkError, match=said):
            choose_one(wrong)


def test_paths_lead_nowhere_else_and_damage_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("password = 1")
    inside = tmp_path / "inside"
    chart2code(inside)
    listed = inside / "data/level1_direct.json"
    first = digest = content_digest(choose_one(f"chart2code={inside}"))
    row = json.loads(listed.read_text())[0]
    listed.write_text(json.dumps([{**row, "GT code": "../../secret.py"}]))
    (item,) = read_items(choose_one(f"chart2code={inside}"))
    assert item.code is None and item.image == picture()
    assert content_digest(choose_one(f"chart2code={inside}")) != first == digest
    for name, content in (("level2.json", b"{"), ("level2.json", b"\xff[]"), ("level2.json", b"[" * 100_000)):
        (inside / "data" / name).write_bytes(content)
        with pytest.raises(BenchmarkError, match=r"level2\.json cannot be read"):
            list(read_items(choose_one(f"chart2code={inside}")))
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/a.py").write_text(CODE["python"])
    with pytest.raises(BenchmarkError, match="no item in"):
        list(read_items(choose_one(f"chart2code={tmp_path / 'empty'}")))
