"""A recipe that asks for more than there is: a warning in the card, an error with `strict`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.home import Home
from storage.release import current_version
from tasks.sft.compose import RecipeShortfallError
from tests.corpora import write_corpus
from tests.releases import build, pictures, rows_of
from vincicoder.refine.config import RefineConfig


def test_a_shortfall_warns_and_under_strict_stops_the_build(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [row for row in pictures() if row["domain"] == "svg"][:4]
    own = write_corpus(tmp_path, "own", rows)
    recipe = tmp_path / "greedy.yaml"
    quotas = [
        {"name": "vector", "where": {"domain": "svg"}, "rows": 9},
        {"name": "pages", "where": {"domain": "web"}, "rows": 2},
    ]
    recipe.write_text(json.dumps({"name": "greedy", "quotas": quotas}))
    settings = {"refine": RefineConfig(maker="none")}
    with pytest.raises(RecipeShortfallError, match=r"vector: 4 of 9; pages: 0 of 2\. Add sources"):
        build(tmp_path / "home", own, recipe, strict=True, **settings)
    assert current_version(Home(str(tmp_path / "home")), "sft") is None
    with caplog.at_level("WARNING", "vincicoder"):
        release = build(tmp_path / "home", own, recipe, **settings)
    assert "vector: 4 of 9; pages: 0 of 2" in caplog.text
    assert len(rows_of(release)) == 4
    card = (release / "README.md").read_text("utf-8")
    assert "| vector | 9 | 4 | 4 |" in card
    with pytest.raises(RecipeShortfallError):  # finished outputs change nothing about it
        build(tmp_path / "home", own, recipe, strict=True, **settings)
