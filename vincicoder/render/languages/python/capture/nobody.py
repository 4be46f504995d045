"""What code asks of a notebook, a window or a screen, which are not here."""

from __future__ import annotations

from typing import Any


class _Nobody:
    """False, and every method of it does nothing."""

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None


NOBODY = _Nobody()
