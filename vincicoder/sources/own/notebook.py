"""Jupyter notebooks as programs: the code cells in their order, each figure shown where its cell ends."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from vincicoder import syntax_tree
from vincicoder.clean.notebook_lines import without_notebook_lines

NOTEBOOK = ".ipynb"

# A cell that is another language's, or is only written to a file, draws nothing of the program.
_OTHER_CELL = re.compile(
    r"%%(?:bash|sh|script|html|javascript|js|svg|latex|markdown|writefile|file|perl|ruby|system|sx|!|sql|R)\b"
)


class NotebookError(ValueError):
    """A file that is no notebook, or one whose language is none of ours."""


def read_notebook(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the program of a notebook, and what was changed to make it one.

    As the inline backend does, a cell that draws with pyplot ends its figures: `plt.show()` is added where a
    later cell draws too. Raises `NotebookError`, saying what was received.
    """
    try:
        content = json.loads(text)
        cells = content["cells"] if "cells" in content else content["worksheets"][0]["cells"]
        sources = [_source(cell) for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, RecursionError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise NotebookError(f"no notebook: {type(error).__name__}: {error}") from error
    language = str((content.get("metadata") or {}).get("kernelspec", {}).get("language", "python")).lower()
    if language != "python":
        raise NotebookError(f"the notebook's language is {language!r}; read are those in python")
    kept = [source for source in sources if source.strip() and not _OTHER_CELL.match(source.lstrip())]
    changes = ["collect: notebook cells joined"]
    dropped = sum(bool(source.strip()) for source in sources) - len(kept)
    if dropped:
        changes.append(f"collect: {dropped} cells of other languages left out")
    programs = []
    for source in kept:
        plain, removed = without_notebook_lines(source)
        programs.append(plain.strip("\n"))
        changes += [f"collect: notebook line removed: {line}" for line in removed]
    return "\n\n\n".join(_with_shows(programs)) + "\n", tuple(changes)


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    return "".join(source) if isinstance(source, list) else str(source)


def _with_shows(programs: list[str]) -> list[str]:
    drawing = [number for number, program in enumerate(programs) if _draws(program)]
    return [
        f"{program}\nplt.show()" if number in drawing[:-1] and "plt.show()" not in program else program
        for number, program in enumerate(programs)
    ]


def _draws(program: str) -> bool:
    """Whether a cell calls a function of `plt`, other than those that only set something."""
    try:
        tree = syntax_tree.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "plt"
        and node.attr not in ("style", "rcParams", "rc", "ion", "ioff", "switch_backend", "close")
        for node in ast.walk(tree)
    )
