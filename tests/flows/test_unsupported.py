"""A language whose tool is missing: its rows are set aside, and kept by the next build that has the tool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.corpora import write_corpus
from tests.flows.test_build import build
from tests.samples import CIRCLE, rows
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.languages.browser.libraries import LIBRARIES_VARIABLE, library_versions
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from pathlib import Path

    from flows.pipeline import BuildResult

pytestmark = pytest.mark.skipif(bool(why_unsupported("mermaid")), reason=why_unsupported("mermaid"))

_OF_VERSION_10 = "gitGraph\n  COMMIT\n  BRANCH develop\n  COMMIT\n"
_OF_VERSION_5 = json.dumps(
    {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}]},
        "mark": "bar",
        "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
    }
)
_DIAGRAM = "flowchart LR\n  start[Start here] --> middle(Then go on) --> finish[And stop]\n"


def look_again() -> None:
    """Forget what was found on this machine, as a new process does."""
    for cached in (why_unsupported, fingerprint, library_versions):
        cached.cache_clear()


def outcomes(result: BuildResult) -> dict[str, str | None]:
    catalog = duckdb.connect(f"{result.release}/catalog.duckdb", read_only=True)
    query = "SELECT source_id, NULL FROM samples UNION ALL SELECT source_id, reason FROM rejects"
    return dict(catalog.execute(query).fetchall())


def test_rows_are_set_aside_and_kept_once_the_tool_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [
        ("circle", "svg", "svg", CIRCLE.format(radius=30, fill="teal"), None),
        ("flow", "diagram", "mermaid", _DIAGRAM, None),
        ("capitals", "diagram", "mermaid", _OF_VERSION_10, None),
        ("bars", "chart", "vega-lite", _OF_VERSION_5, None),
    ]
    config = write_corpus(tmp_path, "own", rows(cases))
    (tmp_path / "none").mkdir()
    with monkeypatch.context() as patch:
        patch.setenv(LIBRARIES_VARIABLE, str(tmp_path / "none"))
        look_again()
        without = build(tmp_path / "home", config)
    look_again()

    lost = "render.unsupported"
    assert outcomes(without) == {"circle": None, "flow": lost, "capitals": lost, "bars": lost}
    catalog = duckdb.connect(f"{without.release}/catalog.duckdb", read_only=True)
    query = "SELECT detail FROM rejects WHERE source_id = 'flow'"
    (detail,) = catalog.execute(query).fetchone() or ("",)
    assert "no JavaScript library 'mermaid@12'" in detail and "vincicoder setup libraries" in detail

    whole = build(tmp_path / "home", config)
    assert outcomes(whole) == {"circle": None, "flow": None, "capitals": None, "bars": None}
    catalog = duckdb.connect(f"{whole.release}/catalog.duckdb", read_only=True)
    stacks = dict(catalog.execute("SELECT source_id, stack FROM samples").fetchall())
    assert stacks == {"circle": None, "flow": "12", "capitals": "10", "bars": "5"}
