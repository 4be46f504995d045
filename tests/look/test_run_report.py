"""The report of a run, as a real browser shows it: scores, answers, curves."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from typer.testing import CliRunner

from flows.cli import app
from storage.home import Home
from storage.runs import RunEnd, RunRecord, RunRegistry, ScoreRecord
from tests.look.conftest import HANDLER, SCRIPT, Seen

pytestmark = pytest.mark.slow


def png(color: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one evaluation, of 40 answers that draw and 20 that do not, and one training run."""
    folder = tmp_path_factory.mktemp("home")
    registry = RunRegistry(Home(str(folder)))
    for kind in ("evaluate", "sft"):
        at = folder / "runs" / f"{kind}-1"
        at.mkdir(parents=True)
        facts = {"recipe_name": SCRIPT, "recipe": {"note": SCRIPT}, "release": "r", "model": HANDLER}
        registry.start(
            RunRecord(
                run_id=f"{kind}-1", kind=kind, parent=None, code_commit="", version="1", flow_run="",
                folder=str(at), **facts,
            )
        )  # fmt: skip
    parts = ("all", "domain=svg")
    registry.set_scores(
        "evaluate-1", [ScoreRecord(part, "execution", 0.7, 60, 0.66, 0.5, 0.8, 60) for part in parts]
    )
    steps = [(step, "loss", 3.0 - step / 10) for step in range(20)]
    registry.end(RunEnd("sft-1", "finished", metrics=[*steps, (20, "loss", float("nan"))]))
    registry.finish("evaluate-1", "finished", None, None)
    rows = [
        {
            "item_id": f"item-{number:02d}",
            "domain": "svg",
            "language": "svg",
            "group": "",
            "difficulty": "",
            "chart_type": "",
            "answer": f"answer {SCRIPT}",
            "code": f"<svg>{HANDLER}{number}</svg>",
            "reason": ("render.error" if number % 2 else "answer.no_code") if number < 20 else "",
            "detail": SCRIPT,
            "image": None if number < 20 else png("red"),
            "reference_code": SCRIPT,
            "reference_image": png("green"),
            "ssim_strict": number / 60,
        }
        for number in range(60)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "runs/evaluate-1/items.parquet")
    return folder


def report(home: Path, run: str) -> Path:
    target = home / f"{run}.html"
    done = CliRunner().invoke(app, ["report", run, "--home", str(home), "-o", str(target)])
    assert done.exit_code == 0, done.output
    return target


def test_an_evaluation_shows_scores_and_its_worst_best_and_failed_answers(home: Path, seen: Seen) -> None:
    page = seen.page
    page.goto(report(home, "evaluate-1").as_uri())
    assert page.locator("#scores table").count() == 2
    assert page.inner_text("#failed h3 >> nth=0") == "answer.no_code 10 answers, 10 shown"
    names = [card.inner_text() for card in page.locator("main > section:has(h2:text('Least')) .name").all()]
    assert names == [f"item-{number}" for number in range(20, 44)]
    names = [card.inner_text() for card in page.locator("main > section:has(h2:text('Most')) .name").all()]
    assert names == [f"item-{number}" for number in range(59, 35, -1)]
    assert page.inner_text("#n-shown") == "60"
    page.select_option("select[name=reason]", "render.error")
    assert page.inner_text("#n-shown") == "10"
    page.locator(".card:visible").first.click()
    address = page.url
    assert "reason=render.error" in address and "row=f-item-01" in address
    page.goto("about:blank")
    page.goto(address)
    assert page.inner_text("#n-shown") == "10"
    assert page.locator(".card.open").get_attribute("data-row") == "f-item-01"
    for key, row in (("j", "f-item-03"), ("Enter", "f-item-03"), ("k", "f-item-01")):
        page.keyboard.press(key)
        assert page.locator(".card.current").get_attribute("data-row") == row
    assert page.locator(".card.open").get_attribute("data-row") == "f-item-03" and "row=f-item-03" in page.url
    page.set_viewport_size({"width": 390, "height": 800})
    assert seen.overflow() <= 0
    assert seen.clean()


def test_a_training_run_shows_its_curves(home: Path, seen: Seen) -> None:
    seen.page.goto(report(home, "sft-1").as_uri())
    assert seen.page.locator("#curves polyline").count() == 1
    assert seen.page.locator("#curves polyline").get_attribute("points").startswith("0.0,14.0 ")  # type: ignore[union-attr]
    assert seen.page.locator("form").count() == 0
    assert seen.clean()


def test_what_is_neither_a_release_nor_a_run_is_named(home: Path) -> None:
    done = CliRunner().invoke(app, ["report", "sft-2", "--home", str(home)])
    assert done.exit_code == 2
    assert "received release 'sft-2'" in done.output and "runs: evaluate-1, sft-1" in done.output
