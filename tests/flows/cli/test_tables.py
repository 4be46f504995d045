"""Tables on a terminal of 80 columns: whole words, whole keys, nothing cut off."""

from __future__ import annotations

import io
import re
import sys

import pytest

from flows.cli.tables import print_table

COLUMNS = ("source", "here", "size", "licence", "median_tokens", "languages")
ROWS = [
    ("startbootstrap-sb-admin-2", "yes", "1,179,626 rows; 1.6 GB", "MIT AND CC-BY-3.0", 78, "html, python"),
    ("pgf", "no", None, "LPPL-1.3c OR GFDL-1.2-no-invariants-or-later", 1024, "latex"),
]


class Terminal(io.StringIO):
    """What a terminal is shown."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, times: int = 1) -> str:
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "80")
    print_table(COLUMNS * times, [row * times for row in ROWS], "Sources")
    return re.sub(r"\x1b\[[\d;]*m", "", stream.getvalue())


def test_a_terminal_gets_whole_words_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, Terminal()).splitlines()
    assert max(map(len, lines)) <= 80
    words = " ".join(lines).split()
    for whole in ("startbootstrap-sb-admin-2", "1,179,626", "CC-BY-3.0", "python", "median_", "tokens"):
        assert whole in words, lines
    licence = "".join(line[44:60].strip() for line in lines)
    assert "GFDL-1.2-no-invariants-or-later" in licence, "folded, not cut off"


def test_a_pipe_gets_a_line_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    title, head, *rows = shown(monkeypatch, io.StringIO()).splitlines()
    assert (title, head.split()) == ("Sources", list(COLUMNS))
    assert [row.split()[0] for row in rows] == ["startbootstrap-sb-admin-2", "pgf"]
    assert all("GFDL-1.2-no-invariants-or-later" in row or "CC-BY-3.0" in row for row in rows)


def test_more_columns_than_fit_are_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, Terminal(), times=4).splitlines()
    assert lines.count("       source = startbootstrap-sb-admin-2") == 4
    assert lines.count("      licence = LPPL-1.3c OR GFDL-1.2-no-invariants-or-later") == 4


def test_square_brackets_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    print_table(("detail",), [("plt.plot([red])[/]",)])
    assert "plt.plot([red])[/]" in terminal.getvalue()
