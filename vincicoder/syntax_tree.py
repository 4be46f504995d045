"""The one way into Python's parser for syntax trees, as shards are worked on in threads."""

from __future__ import annotations

import ast
from threading import Lock

_lock = Lock()


def parse(code: str) -> ast.Module:
    """Return the syntax tree of a program; one thread at a time.

    CPython before 3.11.5 counts the depth of all trees being made in one place, and raises SystemError
    where two threads make one each (CPython issue 106905). Raises what `ast.parse` does.
    """
    with _lock:
        return ast.parse(code)
