"""Two small real releases with refinement rows, built once, for all tests of releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.corpora import write_corpus
from tests.releases import Releases, build, pictures

# An item of a benchmark that no row is like.
_BOAT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><path d="M10 52H110L92 70H28Z" '
    'fill="firebrick"/><path d="M58 48V8L96 44Z" fill="gold"/></svg>'
)


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "halves.yaml"
    path.write_text(json.dumps({"name": "halves", "validation_percent": 40}))
    return path


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory, recipe: Path) -> Releases:
    folder = tmp_path_factory.mktemp("releases")
    home = folder / "home"
    (folder / "benchmark").mkdir()
    (folder / "benchmark/boat.svg").write_text(_BOAT)
    benchmarks = (f"unisvg={folder / 'benchmark'}",)
    own = write_corpus(folder / "a", "own", pictures())
    first = build(home, own, recipe, benchmarks=benchmarks)
    fewer = [row for row in pictures() if row["id"] not in ("shape-03", "chart-2")]
    fewer[0]["code"] = fewer[0]["code"].replace('fill="red"', 'fill="brown"')
    fewer[1]["code"] = fewer[2]["code"]
    own = write_corpus(folder / "b", "own", fewer)
    second = build(home, own, recipe, benchmarks=benchmarks)
    return Releases(home, first, second, own, benchmarks)
