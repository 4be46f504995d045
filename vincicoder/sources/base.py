"""What a source is: a corpus that declares where it comes from and yields raw samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Protocol, cast, runtime_checkable

from vincicoder.sample import RawSample, UserError


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source declares about itself, as data.

    `license` is an SPDX identifier where one exists (rows may carry a narrower one);
    `origin` says where the content is read from, in words; `citation` is how to cite it; `size` is the
    size that its publisher tells, '' where the rows are simply counted. `stack` names the libraries that its
    programs were written for (`vincicoder.render.stacks`), '' for today's.
    """

    name: str
    domain: str
    languages: tuple[str, ...]
    license: str
    origin: str
    citation: str
    size: str = ""
    stack: str = ""


class SourceUnavailableError(UserError):
    """The corpus is not on this machine. The message says what to install."""


class Source(Protocol):
    """A corpus in a fixed order, so that a shard is a range of positions.

    Two calls on the same revision yield the same rows in the same order.
    """

    @property
    def info(self) -> SourceInfo: ...

    def revision(self) -> str:
        """The version of the content: package versions or a content hash.

        Raises `SourceUnavailableError` when the corpus is not here.
        """

    def count(self) -> int:
        """How many rows there are; cheap (a listing, not a parse of every row, where it can be)."""

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        """Yield rows start..stop (half open, in order). One bad row is yielded as it is
        (`code=None` or bytes), never raised."""


def reopened(source: Source) -> Source:
    """Return the source as it was before it looked at its files, so that it looks at those of this machine:
    one that was sent here brings what it has seen where it was."""
    return cast("Source", _reopened(source))


def _reopened(value: Any) -> Any:
    if not is_dataclass(value) or isinstance(value, type) or not hasattr(value, "revision"):
        return value
    if getattr(value, "location", "") is None:  # the hub's, whose revision was chosen where the build started
        return value
    given = {one.name: _reopened(getattr(value, one.name)) for one in fields(value) if one.init}
    return replace(value, **given)


@runtime_checkable
class ReportsLeftOut(Protocol):
    """A source that knows what lies beside its rows and is none of them."""

    def left_out(self) -> list[str]:
        """One line for each kind of thing that is not taken: how many, which, and why."""


def left_out(source: Source) -> list[str]:
    """Return what a source leaves out, a line a kind; nothing where it keeps no account."""
    return source.left_out() if isinstance(source, ReportsLeftOut) else []


def count_by_suffix(names: Iterable[str]) -> str:
    """Return how many of the names have which suffix, the commonest first: `3 .txt, 1 .md`."""
    counts = Counter(PurePosixPath(name.lower()).suffix or "without a suffix" for name in names)
    return ", ".join(
        f"{count} {suffix}" for suffix, count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))
    )


def few(names: Sequence[str], most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
