"""A corpus of several years: libraries that know its names draw each row; what failed alone is run again."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from storage.audit import ask
from tests.corpora import write_corpus
from tests.flows.test_build import build
from tests.samples import CHART, CIRCLE, rows
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.notes import REMOVED_NAME
from vincicoder.render.on_stacks import render_on_stacks
from vincicoder.render.registry import language_on, why_unsupported
from vincicoder.render.stacks import OTHERS, STACKS_VARIABLE, stacks_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.pipeline import BuildResult

_MISSING = [why_unsupported(language_on("python", stack)) for stack in OTHERS]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(any(_MISSING), reason="; ".join(filter(None, _MISSING))),
]

_REAL = stacks_folder().absolute()
_START = "import numpy as np\nimport matplotlib.pyplot as plt\n"
_OF_2022 = [
    (
        "style",
        "chart",
        "python",
        _START + "plt.style.use('seaborn')\nplt.plot([1, 3, 2, 4])\nplt.show()\n",
        None,
    ),
    ("today", "chart", "python", CHART.format(values="1, 3, 2", title="first"), None),
]
_MIXED = [
    ("plain", "chart", "python", CHART.format(values="4, 1, 2", title="second"), None),
    ("circle", "svg", "svg", CIRCLE.format(radius=30, fill="teal"), None),
    ("labels", "chart", "python", _START + "plt.boxplot([[1, 2, 3]], labels=['one'])\nplt.show()\n", None),
    (
        "chained",
        "chart",
        "python",
        _START
        + "import pandas as pd\nd = pd.Series([1, 3, 2]).to_frame('a')\nd['a'][0] = 9\nplt.plot(d.a)\n",
        None,
    ),
    ("slip", "chart", "python", _START + "plt.plott([1, 2, 3], [1, 2, 3])\nplt.show()\n", None),
    ("other", "chart", "python", _START + "plt.plot(np.arange(30), np.arange(3))\nplt.show()\n", None),
    (
        "labels and a mistake",
        "chart",
        "python",
        _START + "plt.boxplot([[1, 2, 3]], labels=['one'])\nplt.plot(np.arange(30), np.arange(3))\n",
        None,
    ),
    (
        "two names",
        "chart",
        "python",
        _START + "plt.boxplot([[1, 2, 3]], labels=['one'])\nplt.style.use('seaborn')\nplt.plot([1, 2])\n",
        None,
    ),
]


def _install(folder: Path, *stacks: str) -> None:
    """Let a folder of stacks hold these of the real ones."""
    folder.mkdir(exist_ok=True)
    for link in folder.iterdir():
        link.unlink()
    for stack in stacks:
        (folder / stack).symlink_to(_REAL / stack)
    _forget()


def _forget() -> None:
    """Forget what was found on this machine, as a new process does."""
    why_unsupported.cache_clear()
    fingerprint.cache_clear()


@contextmanager
def _looked_for_anew() -> Iterator[None]:
    """Let nothing that is found out inside be known afterwards, nor the other way round."""
    try:
        yield
    finally:
        _forget()


def _rows(result: BuildResult) -> dict[str, tuple[str | None, str | None]]:
    """The stack and the reason of every row."""
    catalog = duckdb.connect(f"{result.release}/catalog.duckdb", read_only=True)
    query = "SELECT source_id, stack, NULL FROM samples UNION ALL SELECT source_id, NULL, reason FROM rejects"
    return {name: (stack, reason) for name, stack, reason in catalog.execute(query).fetchall()}


_Outcome = tuple[str | None, str | None, list[str]]


def _of_mixed(result: BuildResult) -> dict[str, _Outcome]:
    """The stack, the reason and the removed names of the rows of mixed years."""
    query = """SELECT source_id, stack, NULL, render_notes FROM samples WHERE source = 'mixed-chart'
        UNION ALL SELECT source_id, NULL, reason, [] FROM rejects WHERE source = 'mixed-chart'"""
    rows = duckdb.connect(str(_catalog(result)), read_only=True).execute(query).fetchall()
    return {name: (stack, reason, _names(notes)) for name, stack, reason, notes in rows}


def _drawn_one_by_one() -> dict[str, _Outcome]:
    """The same as the reward and the command line see them."""
    charts = [(name, language, code) for name, _, language, code, _ in _MIXED if language == "python"]
    requests = [RenderRequest(*chart) for chart in charts]
    found: dict[str, _Outcome] = {}
    with RenderEngine(workers=1) as engine:
        for one in render_on_stacks(engine, requests):
            drawn = one.result.reason is None
            notes = _names(one.result.notes) if drawn else []
            found[one.result.request_id] = (one.stack if drawn else None, one.result.reason, notes)
    return found


def _names(notes: Iterable[str]) -> list[str]:
    return [note for note in notes if note.startswith(REMOVED_NAME)]


def _renders(home: Path) -> int:
    """How many programs were really run for this home."""
    files = home.glob("stages/render/*/renders.parquet")
    return sum(duckdb.read_parquet(str(file)).count("*").fetchall()[0][0] for file in files)


def test_one_more_stack_draws_what_failed_and_one_less_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, home = tmp_path / "stacks", tmp_path / "home"
    old = write_corpus(tmp_path, "old", rows(_OF_2022))
    old.write_text(old.read_text().replace('"domain"', '"stack": 2022, "domain"'))
    mixed = write_corpus(tmp_path, "mixed", rows(_MIXED))
    failing = {"slip": (None, "render.error"), "other": (None, "render.error")}
    always = {"today": ("2026", None), "plain": ("2026", None), "circle": (None, None), **failing}
    with monkeypatch.context() as patch, _looked_for_anew():
        patch.setenv(STACKS_VARIABLE, str(here))
        _install(here)
        without = build(home, old, mixed)
        lost = (None, "render.removed_name")
        names = dict.fromkeys(["style", "labels", "labels and a mistake", "two names"], lost)
        assert _rows(without) == {**always, **names, "chained": ("2026", None)}
        asked = ask(_catalog(without), "versions_cost")
        assert [(row[1], *row[4:]) for row in asked.rows if row[1].startswith("chained")] == [
            ("chained_assignment", "2026", 0, 0, 1)
        ]
        first = _renders(home)

        _install(here, "2022", "2024")
        whole = build(home, old, mixed)
        assert _rows(whole) == {
            **always,
            "today": ("2022", None),  # its corpus is of that year
            "style": ("2022", None),
            "labels": ("2024", None),
            "chained": ("2024", None),
            "labels and a mistake": (None, "render.error"),
            "two names": ("2022", None),
        }
        # That corpus; labels, chained, slip, the mistake, and two names on 2024; slip and two names on 2022.
        assert _renders(home) == first + 9
        assert _of_mixed(whole) == _drawn_one_by_one()
        card = (Path(whole.release) / "README.md").read_text()
        assert (
            "| stack | direct | refine |\n|---|---:|---:|\n| 2022 | 3 | 0 |\n| 2024 | 2 | 0 |\n| 2026 | 1"
            in card
        )
        asked = ask(_catalog(whole), "versions_cost")
        assert asked.columns[:5] == ["library", "name", "since", "source", "drawn_on"]
        assert [row[:5] for row in asked.rows] == [
            ("matplotlib", "boxplot(labels)", "3.11", "mixed-chart", "2022"),
            ("matplotlib", "boxplot(labels)", "3.11", "mixed-chart", "2024"),
            ("matplotlib", "style.seaborn", "3.8", "mixed-chart", "2022"),
            ("pandas", "chained_assignment", "3.0", "mixed-chart", "2024"),
        ]
        assert asked.columns[5:] == ["rows_saved", "rows_lost", "rows_changed"]
        assert {row[5:] for row in asked.rows} == {(1, 0, 0)}

        _install(here)
        again = build(home, old, mixed)
        assert again.version == without.version
        assert _renders(home) == first + 9
        asked = ask(_catalog(again), "versions_cost")
        assert [row[asked.columns.index("rows_lost")] for row in asked.rows] == [3, 1, 0]


def _catalog(result: BuildResult) -> Path:
    return Path(result.release) / "catalog.duckdb"
