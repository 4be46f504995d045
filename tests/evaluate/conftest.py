"""A small real release, built once, whose validation split all evaluations here are of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.evaluate.rows import CHART, COLUMNS, DRAWINGS
from tests.releases import build
from tests.samples import CIRCLE
from vincicoder.refine.config import RefineConfig


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a release, half of its charts and circles in the validation split."""
    folder = tmp_path_factory.mktemp("evaluate")
    colors = ("red", "green", "blue", "orange", "purple", "teal")
    charts = [CHART.format(draw=draw, title=f"Chart of {draw.partition('(')[0]}") for draw in DRAWINGS]
    circles = [CIRCLE.format(radius=8 + 5 * n, fill=color) for n, color in enumerate(colors)]
    sources = []
    for language, domain, codes in (("python", "chart", charts), ("svg", "svg", circles)):
        rows = [json.dumps({"id": f"{domain}-{number}", "code": code}) for number, code in enumerate(codes)]
        (folder / f"{domain}.jsonl").write_text("\n".join(rows))
        source = {"name": f"own-{domain}", "path": f"{domain}.jsonl", "domain": domain, "language": language}
        sources.append({**COLUMNS, **source})
    (folder / "own.yaml").write_text(json.dumps({"sources": sources}))
    recipe = folder / "half.yaml"
    recipe.write_text(json.dumps({"name": "half", "validation_percent": 50}))
    build(folder / "home", folder / "own.yaml", recipe, refine=RefineConfig(maker="none"))
    return folder / "home"
