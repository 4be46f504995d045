"""A small real release, built once by the pipeline from pictures of our own, for all tests of training."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.imports import ROOT
from tests.train.shapes import write_shapes
from vincicoder.train.launcher import make_tiny

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.fixture(scope="session")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one SFT release of SVG pictures; tests copy it, or use it read-only."""
    folder = tmp_path_factory.mktemp("training")
    own = write_shapes(folder)
    home = folder / "home"
    recipe = folder / "held-out.yaml"
    recipe.write_text(json.dumps({"name": "held-out", "validation_percent": 20}))
    command(
        *("build", "sft", "--profile", "none", "--source-config", str(own), "--recipe", str(recipe)),
        *("--home", str(home)),
    )
    release = next(home.glob("releases/sft/*/data/train-*.parquet"))
    texts = [row["code"] for row in pq.read_table(release, columns=["code"]).to_pylist()]
    make_tiny(home / "models" / "tiny-random", texts)
    return home
