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
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.registry import language_on, why_unsupported
from vincicoder.render.stacks import OTHERS, STACKS_VARIABLE, stacks_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        assert _rows(without) == {**always, "style": lost, "labels": lost, "chained": ("2026", None)}
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
        }
        assert _renders(home) == first + 6  # that corpus; labels, chained and slip on 2024, slip on 2022
        card = (Path(whole.release) / "README.md").read_text()
        assert (
            "| stack | direct | refine |\n|---|---:|---:|\n| 2022 | 2 | 0 |\n| 2024 | 2 | 0 |\n| 2026 | 1"
            in card
        )
        asked = ask(_catalog(whole), "versions_cost")
        assert [dict(zip(asked.columns, row, strict=True)) for row in asked.rows] == [
            {
                "library": "matplotlib",
                "name": "boxplot(labels)",
                "since": "3.11",
                "source": "mixed-chart",
                "drawn_on": "2024",
                "rows_saved": 1,
                "rows_lost": 0,
                "rows_changed": 0,
            },
            {
                "library": "pandas",
                "name": "chained_assignment",
                "since": "3.0",
                "source": "mixed-chart",
                "drawn_on": "2024",
                "rows_saved": 1,
                "rows_lost": 0,
                "rows_changed": 0,
            },
        ]

        _install(here)
        again = build(home, old, mixed)
        assert again.version == without.version
        assert _renders(home) == first + 6
        asked = ask(_catalog(again), "versions_cost")
        assert [row[asked.columns.index("rows_lost")] for row in asked.rows] == [1, 1, 0]


def _catalog(result: BuildResult) -> Path:
    return Path(result.release) / "catalog.duckdb"
