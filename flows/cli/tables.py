"""Tables for people: folded on a terminal, one line a row in a pipe; nothing is ever cut off."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

_GAP = 2  # characters between two columns
_FEW = 6  # characters of a line of a cell: with fewer nobody reads it


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print rows under their columns' names; None shows as nothing.

    On a terminal a cell that does not fit goes on in the next line, at a space where there is one; a column's
    name does so at an underscore too. The first column, by which a reader finds a row, stays whole. A row of
    more columns than fit is shown a line a column. Elsewhere the columns are parted by two spaces and as wide
    as they need.
    """
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        console = Console()
        console.print(
            *([f"\n{title}"] if title else []), _on_terminal(columns, cells, console.width), sep="\n"
        )
        return
    if title:
        print(title)
    lines = [list(columns), *cells]
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def _on_terminal(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Table | Text:
    room = width - _GAP * len(columns)
    whole = sum(max(map(len, column)) for column in zip(columns, *cells, strict=True))
    heads = list(columns) if whole <= room else [name.replace("_", "_\n") for name in columns]
    widths = _least_widths([heads, *cells], room)
    if sum(widths) > room:
        names = max(map(len, columns))
        records = [zip(columns, row, strict=True) for row in cells]
        lines = ("\n".join(f"{name:>{names}} = {cell}" for name, cell in record) for record in records)
        return Text("\n\n".join(lines))
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for number, (head, least) in enumerate(zip(heads, widths, strict=True)):
        table.add_column(head, overflow="fold", no_wrap=number == 0, min_width=least)
    for row in cells:
        table.add_row(*map(Text, row))
    return table


def _least_widths(lines: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return how wide each column is at least: as its longest word, so that none is cut in two, or as much of
    it as all columns but the first can have within `width` characters, but at least `_FEW`."""
    key = max(len(line[0]) for line in lines)
    words = [
        max(len(word) for cell in column for word in cell.split() or [""])
        for column in zip(*(line[1:] for line in lines), strict=True)
    ]
    most = max(words, default=0)
    while most > _FEW and key + sum(min(word, most) for word in words) > width:
        most -= 1
    return [key, *(min(word, most) for word in words)]
