"""A language whose tool is missing: its rows are set aside, and kept by the next build that has the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.corpora import write_corpus
from tests.flows.test_build import build
from tests.samples import CIRCLE, rows
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.languages.browser.libraries import LIBRARIES_VARIABLE, library_versions
from vincicoder.render.languages.mermaid import renderer as mermaid
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from pathlib import Path

    from flows.pipeline import BuildResult

pytestmark = pytest.mark.skipif(bool(why_unsupported("mermaid")), reason=why_unsupported("mermaid"))

_DIAGRAM = "flowchart LR\n  start[Start here] --> middle(Then go on) --> finish[And stop]\n"


def look_again() -> None:
    """Forget what was found on this machine, as a new process does."""
    for cached in (why_unsupported, fingerprint, library_versions, mermaid.fingerprint):
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
    ]
    config = write_corpus(tmp_path, "own", rows(cases))
    (tmp_path / "none").mkdir()
    with monkeypatch.context() as patch:
        patch.setenv(LIBRARIES_VARIABLE, str(tmp_path / "none"))
        look_again()
        without = build(tmp_path / "home", config)
    look_again()

    assert outcomes(without) == {"circle": None, "flow": "render.unsupported"}
    catalog = duckdb.connect(f"{without.release}/catalog.duckdb", read_only=True)
    (detail,) = catalog.execute("SELECT detail FROM rejects").fetchone() or ("",)
    assert "no JavaScript library 'mermaid'" in detail and "vincicoder setup libraries" in detail

    assert outcomes(build(tmp_path / "home", config)) == {"circle": None, "flow": None}
