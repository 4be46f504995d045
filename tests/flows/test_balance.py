"""A build whose counts contradict each other fails and publishes nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import tasks.sft.publish
import tasks.stage
from flows.pipeline import run_build
from flows.runners import DirectRunner, ShardsFailedError
from storage.audit import BrokenInvariantsError
from storage.catalog import write_catalog
from storage.home import Home
from storage.outputs import BalanceError, StageOutput, write_output
from storage.release import current_version
from tests.corpora import write_corpus
from vincicoder.config import BuildConfig

_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><circle cx="40" cy="40" r="{}"/></svg>'
)


_STAGES = (
    *("collect", "clean", "sign", "dedup_code", "render", "verify"),
    *("verify_source", "dedup", "decontaminate", "refine", "compose"),
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

    def damaged(path: Path, *arguments: Any) -> None:
        write_catalog(path, *arguments)
        with duckdb.connect(str(path)) as database:
            database.execute(damage)

    monkeypatch.setattr(tasks.sft.publish, "write_catalog", damaged)
    with pytest.raises(BrokenInvariantsError, match=re.escape(message)):
        _build(folder)
    assert current_version(Home(str(folder / "home")), "sft") is None


@pytest.mark.parametrize("fault", ["loses", "doubles"])
@pytest.mark.parametrize("stage", _STAGES)
def test_a_stage_that_loses_or_doubles_a_row_fails_the_build(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, stage: str, fault: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "broken"  # one home: what was right is not made again

    def broken(home: Home, **output: Any) -> StageOutput:
        kept = output["kept"]
        if output["stage"] == stage and kept.num_rows:
            wrong = kept.slice(1) if fault == "loses" else pa.concat_tables([kept, kept.slice(0, 1)])
            output["kept"] = wrong
        return write_output(home, **output)

    monkeypatch.setattr(tasks.stage, "write_output", broken)
    failures = (ShardsFailedError, BalanceError)
    with pytest.raises(failures, match=rf"{stage} of own-svg shard 0: \d+ rows in.* but \d+ kept"):
        _build(folder)
    assert current_version(Home(str(folder / "home")), "sft") is None


def _build(folder: Path) -> None:
    rows = [
        {"id": str(radius), "domain": "svg", "language": "svg", "code": _DRAWING.format(radius)}
        for radius in (20, 30, 20)
    ]
    build = BuildConfig(profile=None, source_configs=(write_corpus(folder, "own", rows),), workers=1)
    run_build(build, str(folder / "home"), DirectRunner(1), flow_run="test")
