"""Gives memory back to the system that this process has freed and would keep for later."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import pyarrow as pa


def give_back_memory() -> None:
    """Let Arrow's pool and the C library return what they hold and nothing uses.

    A table over all shards leaves some 60 bytes a row behind in each of them otherwise, for as long as the
    build lasts.
    """
    pa.default_memory_pool().release_unused()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Any:
    """Return glibc's function, or None under another C library."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
