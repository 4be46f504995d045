"""Tables for people: folded on a terminal, one line a row in a pipe; nothing is ever cut off."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

_GAP = 2  # characters between two columns


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print rows under their columns' names; None shows as nothing.

    On a terminal a cell that does not fit goes on in the next line, at a space where there is one. The first
    column, by which a reader finds a row, stays whole. Elsewhere the columns are parted by two spaces and as
    wide as they need.
    """
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        console = Console()
        heads = [name.replace("_", " ") for name in columns]
        table = Table(
            title=title or None, title_justify="left", box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0)
        )
        widths = _least_widths([heads, *cells], console.width - _GAP * len(heads))
        for head, width in zip(heads, widths, strict=True):
            table.add_column(head, overflow="fold", no_wrap=head is heads[0], min_width=width)
        for row in cells:
            table.add_row(*row)
        console.print(*([""] if title else []), table, sep="\n")
        return
    if title:
        print(title)
    lines = [list(columns), *cells]
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def _least_widths(lines: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return how wide each column is at least: as its longest word, so that none is cut in two, or as much of
    it as all columns but the first can have within `width` characters."""
    key = max(len(line[0]) for line in lines)
    words = [
        max(len(word) for cell in column for word in cell.split() or [""])
        for column in zip(*(line[1:] for line in lines), strict=True)
    ]
    most = max(words, default=0)
    while most > 1 and key + sum(min(word, most) for word in words) > width:
        most -= 1
    return [key, *(min(word, most) for word in words)]
