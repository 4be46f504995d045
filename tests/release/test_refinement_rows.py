"""Refinement rows of a real build: what they hold, where they lie, and the same bytes every time."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import numpy as np
from PIL import Image

from tests.releases import Releases, build, rows_of
from vincicoder.compose import IMAGE_TAG, fenced
from vincicoder.refine.judge import RefineLimits
from vincicoder.render import RenderEngine, RenderRequest


def test_each_shows_the_picture_and_the_flawed_code_and_answers_with_the_right_one(
    releases: Releases,
) -> None:
    rows = {row["sample_id"]: row for row in rows_of(releases.first)}
    refined = [row for row in rows.values() if row["task"] == "refine"]
    assert {row["language"] for row in refined} == {"svg", "graphviz", "python"}
    assert len(refined) >= 14, "most of 18 pictures get a flaw that counts"
    for row in refined:
        target = rows[row["target_id"]]
        assert target["task"] == "direct" and target["flawed_code"] is None
        assert (row["image"]["bytes"], row["code"]) == (target["image"]["bytes"], target["code"])
        assert row["instruction"].startswith(IMAGE_TAG)
        assert row["instruction"].count(IMAGE_TAG) == 1
        assert row["instruction"].endswith(fenced(row["language"], row["flawed_code"]))
        assert row["messages"][1]["content"] == fenced(row["language"], row["code"])
        assert row["flawed_code"].strip() != row["code"].strip()
        assert (row["flaw_similarity"] is None) == (row["flaw_error"] is not None)
        assert row["difficulty"] in ("easy", "medium", "hard")
        assert row["flaw_maker"] == "mutation"


def test_direct_and_refine_rows_of_a_picture_are_on_one_side(releases: Releases) -> None:
    for release in (releases.first, releases.second):
        sides: dict[str, set[str]] = {}
        for row in rows_of(release):
            sides.setdefault(row["target_id"] or row["sample_id"], set()).add(row["file_split"])
        assert all(len(found) == 1 for found in sides.values())
        assert {side for found in sides.values() for side in found} == {"train", "validation"}


def test_flawed_code_really_draws_something_else_or_fails(releases: Releases) -> None:
    refined = [r for r in rows_of(releases.first) if r["task"] == "refine" and r["language"] == "svg"][:6]
    limits = RefineLimits()
    with RenderEngine(workers=1) as engine:
        requests = [RenderRequest(row["sample_id"], row["language"], row["flawed_code"]) for row in refined]
        for row, result in zip(refined, engine.render(requests), strict=True):
            if row["flaw_error"]:
                assert result.png is None
                continue
            assert result.png is not None
            first, second = (
                np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
                for png in (row["image"]["bytes"], result.png)
            )
            assert first.shape != second.shape or not np.array_equal(first, second)
            assert limits.min_similarity <= row["flaw_similarity"] <= limits.max_similarity


def test_all_tries_are_counted(releases: Releases) -> None:
    with duckdb.connect(str(releases.first / "catalog.duckdb"), read_only=True) as catalog:
        made = catalog.execute("SELECT sum(rows_made) FROM stages WHERE stage = 'refine'").fetchone()
    assert made == (sum(row["task"] == "refine" for row in rows_of(releases.first)),)


def test_two_builds_give_the_same_bytes(releases: Releases, recipe: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "home", releases.own, recipe, benchmarks=releases.benchmarks)
    assert again.name == releases.second.name
    files = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(releases.second) for p in releases.second.rglob("*") if p.is_file())
    for name in files:
        if name.name != "catalog.duckdb":  # keeps when and where it was built
            assert (again / name).read_bytes() == (releases.second / name).read_bytes(), name
