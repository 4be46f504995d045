"""A build whose counts contradict each other fails and publishes nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

import tasks.publish
from flows.pipeline import run_build
from flows.runners import DirectRunner
from storage.audit import BrokenInvariantsError
from storage.catalog import write_catalog
from storage.home import Home
from storage.release import current_version
from tests.corpora import write_corpus
from vincicoder.config import BuildConfig

_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><circle cx="40" cy="40" r="{}"/></svg>'
)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("DELETE FROM rejects", "Every row collected or made must be"),
        ("UPDATE stages SET rows_in = rows_in + 1 WHERE stage = 'render'", "rows in must be kept + rejected"),
        (
            "UPDATE stages SET rows_kept = 1, rows_rejected = 2 WHERE stage = 'clean'",
            "must be what the next one takes in",
        ),
        ("DELETE FROM samples WHERE code LIKE '%r=\"30\"%'", "Every row collected"),
    ],
)
def test_a_contradiction_stops_the_build_before_anything_is_published(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, damage: str, message: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "balance"  # one home: only the first case renders
    rows = [
        {"id": str(radius), "domain": "svg", "language": "svg", "code": _DRAWING.format(radius)}
        for radius in (20, 30, 20)
    ]
    config = write_corpus(folder, "own", rows)

    def damaged(path: Path, *arguments: Any) -> None:
        write_catalog(path, *arguments)
        with duckdb.connect(str(path)) as database:
            database.execute(damage)

    monkeypatch.setattr(tasks.publish, "write_catalog", damaged)
    build = BuildConfig(profile=None, source_configs=(config,), workers=1)
    with pytest.raises(BrokenInvariantsError, match=re.escape(message)):
        run_build(build, str(folder / "home"), DirectRunner(1), flow_run="test")
    assert current_version(Home(str(folder / "home")), "sft") is None
