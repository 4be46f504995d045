"""Prefect on PostgreSQL, as docs/prefect.md has it; `benchmarks.prefect_database` takes 2,000 task runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from benchmarks.prefect_database import measure, postgres

RUNS = 100


@pytest.mark.skipif(not list(Path("/usr/lib/postgresql").glob("*/bin")), reason="make servers was not run")
def test_every_task_run_is_kept_in_postgresql() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        with postgres(folder / "postgresql") as variables:
            found = measure(RUNS, variables, folder / "prefect")
    assert (found["recorded"], found["locked"]) == (RUNS, 0)
