"""Parts of a language that are imported only when they are used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def when_used(module: str, name: str) -> Callable[[], Any]:
    """Return a function that imports a module (an absolute name) and returns what it holds under a name."""

    def load() -> Any:
        return getattr(import_module(module), name)

    return load
