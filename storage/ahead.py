"""Reads the tables of many outputs in turn; an object store is asked for the next ones meanwhile."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from storage.outputs import read_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

    from storage.home import Home
    from storage.outputs import StageOutput

_Item = TypeVar("_Item")

# A store takes tens of milliseconds for a small file, whoever waits for it.
_AT_ONCE = 8


def read_outputs(
    home: Home, outputs: Iterable[StageOutput], name: str = "kept", columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield one table of each output, or some of its columns. Raises as `read_output` does."""
    for output in fetched_ahead(home, outputs, lambda one: [one.path(name)]):
        yield read_output(home, output, name, columns)


def fetched_ahead(
    home: Home, items: Iterable[_Item], files: Callable[[_Item], Iterable[str]]
) -> Iterator[_Item]:
    """Yield the items in their order, while the files that later ones will read are fetched from the object
    store. What cannot be fetched says so when it is read. On a local home nothing is fetched."""
    if home.is_local:
        yield from items
        return
    pool = ThreadPoolExecutor(_AT_ONCE, "fetches-ahead")
    waiting: deque[_Item] = deque()
    try:
        for item in items:
            pool.submit(_fetch, home, files, item)
            waiting.append(item)
            if len(waiting) > _AT_ONCE:
                yield waiting.popleft()
        yield from waiting
    finally:
        pool.shutdown(cancel_futures=True)


def _fetch(home: Home, files: Callable[[_Item], Iterable[str]], item: _Item) -> None:
    with suppress(Exception):
        for path in files(item):
            with home.local_copy(path):
                pass
