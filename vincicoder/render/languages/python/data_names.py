"""The data files that a Python program names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from vincicoder import syntax_tree
from vincicoder.sample import DataName

_READERS = frozenset(
    {
        *("read_csv", "read_table", "read_json", "read_excel", "read_parquet", "read_feather", "read_fwf"),
        *("read_xml", "read_file", "loadtxt", "genfromtxt"),
    }
)
_MOST_CHARACTERS = 250
# A program that writes data, or asks whether it is there, may have made what it reads.
_MAKES_DATA = re.compile(
    r"\b(?:to_(?:csv|json|excel|parquet|feather|xml)|savetxt|save|savez\w*|dump|write\w*|touch|urlretrieve)\s*\("
    r"|\b(?:exists|isfile|is_file)\s*\(|sample_data"
)


def data_names(code: str) -> Iterator[DataName]:
    """Yield every text of the program that may be the path of a file, also one put together of constants.

    A program is sure to read what the first argument of pandas' and numpy's readers names, unless it may have
    written it itself.
    """
    try:
        tree = syntax_tree.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    is_read = _MAKES_DATA.search(code) is None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            if _name_of(node.func) in _READERS and (path := _text(node.args[0])):
                yield DataName(path, is_read)
            if _name_of(node.func) in ("join", "Path") and len(node.args) > 1:
                parts = [_text(argument) for argument in node.args]
                if all(parts):
                    yield DataName("/".join(parts), is_read=False)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            if path := _divided(node):
                yield DataName(path, is_read=False)
        elif text := _text(node):
            yield DataName(text, is_read=False)


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.AST) -> str:
    """Return a short text that is written out, or ''."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if len(node.value) <= _MOST_CHARACTERS and "\n" not in node.value else ""
    return ""


def _divided(node: ast.expr) -> str:
    """Return the path of `Path("data") / "cars.csv"`, or '' where a part is not written out."""
    parts: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        parts.append(_text(node.right))
        node = node.left
    if isinstance(node, ast.Call) and _name_of(node.func) == "Path" and len(node.args) == 1:
        parts.append(_text(node.args[0]))
    else:
        parts.append("")
    return "/".join(reversed(parts)) if all(parts) else ""
