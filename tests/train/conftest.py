"""A small real release, built once by the pipeline from pictures of our own, for all tests of training."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.imports import ROOT
from vincicoder.train.launcher import make_tiny

if TYPE_CHECKING:
    from pathlib import Path

_COLORS = ("red", "green", "blue", "orange", "purple", "teal", "black", "gray")


def command(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `vincicoder` as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        cwd=ROOT,
        check=check,
        capture_output=True,
        text=True,
    )


def last_json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _programs() -> list[dict[str, str]]:
    rows = []
    for number, color in enumerate(_COLORS * 3):
        size = 20 + 9 * number
        shapes = f'<rect x="10" y="10" width="{size}" height="{240 - size}" fill="{color}"/>'
        shapes += f'<circle cx="200" cy="{30 + 8 * number}" r="{8 + number}" fill="navy"/>' * (number % 3)
        rows.append(
            {
                "id": f"shape-{number:02d}",
                "code": f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">{shapes}</svg>',
            }
        )
    return rows


def write_shapes(folder: Path) -> Path:
    """Write a source of 24 pictures and return its configuration file."""
    (folder / "shapes.jsonl").write_text("\n".join(json.dumps(row) for row in _programs()))
    (folder / "own.yaml").write_text(
        "sources:\n  - {name: shapes, format: jsonl, path: shapes.jsonl, domain: svg, language: svg, "
        "id_column: id, license: CC0-1.0, citation: ours}\n"
    )
    return folder / "own.yaml"


@pytest.fixture(scope="session")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one SFT release of SVG pictures; tests copy it, or use it read-only."""
    folder = tmp_path_factory.mktemp("training")
    own = write_shapes(folder)
    home = folder / "home"
    command("build", "sft", "--profile", "none", "--source-config", str(own), "--home", str(home))
    release = next(home.glob("releases/sft/*/data/train-*.parquet"))
    texts = [row["code"] for row in pq.read_table(release, columns=["code"]).to_pylist()]
    make_tiny(home / "models" / "tiny-random", texts)
    return home
