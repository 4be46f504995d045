"""A build from a corpus with pictures of its own: swapped ones are told, whatever the shards."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from flows.pipeline import BuildResult, run_build
from flows.runners import DirectRunner
from tests.corpora import write_corpus
from tests.samples import PAGE
from vincicoder.config import BuildConfig
from vincicoder.refine.config import RefineConfig
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.verify.thresholds import FLOORS

_ROWS = 44
# Whose picture each of these rows has instead of its own.
_SWAPPED = {5: 17, 17: 40, 40: 5}


def drawing(number: int) -> str:
    """Six shapes at places, and of sizes and colours, that the number decides."""
    chance = np.random.default_rng(number)
    shapes = [
        f'<{("circle", "ellipse")[turn % 2]} cx="{chance.integers(30, 210)}" cy="{chance.integers(30, 130)}" '
        + (f'r="{chance.integers(8, 30)}"' if turn % 2 == 0 else f'rx="{chance.integers(8, 50)}" ry="9"')
        + f' fill="#{chance.integers(0, 0xD0D0D0):06x}"/>'
        for turn in range(6)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160">'
        f'<rect x="4" y="4" width="232" height="152" fill="none" stroke="black"/>{"".join(shapes)}</svg>'
    )


def corpus_rows() -> list[dict[str, Any]]:
    codes = [drawing(number) for number in range(_ROWS)]
    with RenderEngine(workers=2, measure=False) as engine:
        requests = [RenderRequest(str(number), "svg", code) for number, code in enumerate(codes)]
        pictures = {int(result.request_id): result.png for result in engine.render(requests)}
    rows: list[dict[str, Any]] = [
        {
            "id": f"drawing-{number}",
            "domain": "svg",
            "language": "svg",
            "code": code,
            "image": base64.b64encode(pictures[_SWAPPED.get(number, number)] or b"").decode(),
        }
        for number, code in enumerate(codes)
    ]
    rows[9]["image"] = None
    rows[10]["image"] = base64.b64encode(b"\x89PNG cut off").decode()
    pages = [
        {"id": title, "domain": "web", "language": "html", "code": PAGE.format(title=title)}
        for title in ("Lorem", "Completely different words")
    ]
    return [*rows, *pages]


def build(folder: Path, rows: list[dict[str, Any]], shard_rows: int) -> BuildResult:
    config = BuildConfig(
        profile=None,
        source_configs=(write_corpus(folder, "own", rows),),
        shard_rows=shard_rows,
        workers=2,
        refine=RefineConfig(maker="none"),
    )
    return run_build(config, str(folder / "home"), DirectRunner(2), flow_run="test")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return corpus_rows()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> BuildResult:
    return build(tmp_path_factory.mktemp("own"), rows, shard_rows=30)


def asked(result: BuildResult, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(f"{result.release}/catalog.duckdb", read_only=True) as catalog:
        return catalog.execute(question).fetchall()


_MISMATCHES = "SELECT source_id, detail FROM rejects WHERE reason = 'verify.mismatch' ORDER BY source_id"


def test_exactly_the_swapped_pictures_are_mismatches(built: BuildResult) -> None:
    found = asked(built, _MISMATCHES)
    assert [name for name, _ in found] == ["drawing-17", "drawing-40", "drawing-5"]
    assert all("at most" in detail for _, detail in found)
    stage = next(row for row in built.funnel if row.stage == "verify_source")
    assert (stage.rows_rejected, dict(stage.reasons)) == (3, {"verify.mismatch": 3})


def test_thresholds_are_in_the_catalogue_and_on_the_card(built: BuildResult) -> None:
    found = asked(built, f"SELECT source, rows, learned, {', '.join(FLOORS)} FROM source_thresholds")
    # 44 rows, less one without a picture and one whose picture is broken. Pictures drawn alike: floors.
    assert found == [("own-svg", _ROWS - 2, True, *FLOORS.values())]
    card = (Path(built.release) / "README.md").read_text("utf-8")
    bounds = " | ".join(f"{bound:.3g}" for bound in FLOORS.values())
    assert f"| own-svg | {_ROWS - 2} | learned | {bounds} |" in card


def test_the_release_tells_the_similarity_where_there_was_a_picture(built: BuildResult) -> None:
    table = pq.read_table(next(Path(built.release).glob("data/train-*.parquet")))
    similarity = dict(zip(table["source_id"].to_pylist(), table["similarity"].to_pylist(), strict=True))
    without = {"drawing-9", "drawing-10", "Lorem", "Completely different words"}
    assert without <= similarity.keys()
    for name, value in similarity.items():
        assert value is None if name in without else value == pytest.approx(1, abs=1e-5)


def test_shards_and_the_order_of_rows_do_not_change_the_decision(
    built: BuildResult, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    other = build(tmp_path, rows[::-1], shard_rows=7)
    assert asked(other, _MISMATCHES) == asked(built, _MISMATCHES)
    assert asked(other, "FROM source_thresholds") == asked(built, "FROM source_thresholds")


def test_a_corpus_without_pictures_says_so(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    result = build(tmp_path, rows[-2:], shard_rows=7)
    assert asked(result, "SELECT count(*), count(similarity) FROM samples") == [(2, 0)]
    assert asked(result, "FROM source_thresholds") == []
    card = (Path(result.release) / "README.md").read_text("utf-8")
    assert "No corpus had pictures of its own to compare with." in card
