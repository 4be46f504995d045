"""Tables for people: framed and folded on a terminal, plain columns in a pipe; nothing is ever cut off."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print rows under their columns' names; None shows as nothing.

    On a terminal a cell that does not fit goes on in the next line. The first column, by which a reader finds
    a row, stays whole. Elsewhere the columns are parted by two spaces and as wide as they need.
    """
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        table = Table(title=title or None, title_justify="left")
        for number, name in enumerate(columns):
            table.add_column(name, overflow="fold", no_wrap=number == 0)
        for row in cells:
            table.add_row(*row)
        Console().print(table)
        return
    if title:
        print(title)
    lines = [list(columns), *cells]
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())
