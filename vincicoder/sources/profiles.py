"""Profiles: which rows of which sources a build collects, as data, and the plan for a limited look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from heapq import heapify, heapreplace
from itertools import islice, pairwise
from pathlib import Path
from typing import Protocol, runtime_checkable

import yaml

from vincicoder.sample import RawSample, UserError
from vincicoder.sources.base import Source, SourceUnavailableError
from vincicoder.sources.counts import row_count
from vincicoder.sources.registry import get_source

_PROFILES_FILE = Path(__file__).with_name("profiles.yaml")


class ProfileError(UserError):
    """A profile, or a limit on it, that cannot be planned. The message says what is allowed."""


@runtime_checkable
class ListedSource(Protocol):
    """A source of files, that knows the id and the bytes of each row by listing."""

    def listing(self) -> list[tuple[str, int]]:
        """(source_id, bytes) of each row, in order."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a profile takes of one source.

    `rows` at most (None: all), spread evenly over the source's order, out of those whose size is at
    most `max_bytes` (None: any size) and whose id matches no glob pattern of `exclude`.
    """

    source: str
    rows: int | None = None
    max_bytes: int | None = None
    exclude: tuple[str, ...] = ()


@cache
def _profiles() -> dict[str, tuple[Selection, ...]]:
    content = yaml.safe_load(_PROFILES_FILE.read_text(encoding="utf-8"))
    return {
        name: tuple(
            Selection(
                source=entry["source"],
                rows=None if entry["rows"] == "all" else entry["rows"],
                max_bytes=entry.get("max_bytes"),
                exclude=tuple(entry.get("exclude", ())),
            )
            for entry in profile["sources"]
        )
        for name, profile in content.items()
    }


def get_profile(name: str) -> tuple[Selection, ...]:
    """Return a profile's selections, in order. Raises `ProfileError` for an unknown name."""
    profiles = _profiles()
    if name not in profiles:
        raise ProfileError(f"unknown profile {name!r}; known profiles are {', '.join(sorted(profiles))}")
    return profiles[name]


def spread(count: int, wanted: int) -> list[int]:
    """Return `wanted` of the positions 0..count-1 (all if fewer), evenly spaced and increasing."""
    if wanted >= count:
        return list(range(count))
    return [index * count // wanted for index in range(wanted)]


def select_positions(selection: Selection, source: Source) -> Sequence[int]:
    """Return the positions of `source` that a selection takes, increasing: a range where it takes all.

    Raises `SourceUnavailableError` when the corpus is not here, `ProfileError` when the selection asks
    for sizes or ids of a source that is not made of files.
    """
    positions: Sequence[int] = range(row_count(source))
    if selection.max_bytes is not None or selection.exclude:
        if not isinstance(source, ListedSource):
            raise ProfileError(
                f"source {selection.source!r} is not made of files: "
                "remove max_bytes and exclude from the profile"
            )
        listing = source.listing()
        positions = [position for position in positions if _is_wanted(selection, *listing[position])]
    if selection.rows is None:
        return positions
    return [positions[index] for index in spread(len(positions), selection.rows)]


def _is_wanted(selection: Selection, source_id: str, size: int) -> bool:
    if selection.max_bytes is not None and size > selection.max_bytes:
        return False
    return not any(fnmatchcase(source_id, pattern) for pattern in selection.exclude)


def nested_spread(count: int, wanted: int) -> list[int]:
    """Return `wanted` of the positions 0..count-1 (all if fewer), increasing and about evenly spaced.

    Fewer are always among more: they are the first of the bit-reversal order (van der Corput's sequence).
    """
    if wanted >= count:
        return list(range(count))
    bits = max(count - 1, 1).bit_length()
    order = (int(f"{number:0{bits}b}"[::-1], 2) for number in range(1 << bits))
    return sorted(islice((position for position in order if position < count), wanted))


def share_out(total: int, sizes: Sequence[int]) -> list[int]:
    """Split `total` over parts in proportion to their `sizes`, by the method of Webster and Sainte-Lague.

    No part gets more than its size; every part that is not empty gets one before any gets two, the largest
    first. A larger total never gives a part less.
    """
    shares = [0] * len(sizes)
    # The next row goes where size / (2 * share + 1) is largest, to a part without any before all others.
    waiting = [(0, -float(size), index) for index, size in enumerate(sizes) if size > 0]
    heapify(waiting)
    for _ in range(min(total, sum(sizes))):
        _, _, index = waiting[0]
        shares[index] += 1
        heapreplace(waiting, (1, -sizes[index] / (2 * shares[index] + 1), index))
    return shares


def plan(
    selections: Sequence[Selection],
    limit: int | None = None,
    find_source: Callable[[str], Source] = get_source,
) -> list[tuple[Source, Sequence[int]]]:
    """Return each source with the positions to collect, in the selections' order, deterministically.

    With `limit`, that many rows over the whole, in proportion to what each source would give. The rows of a
    smaller limit are always among those of a larger one, and of none, so nothing is rendered twice. Raises
    `ProfileError` for a limit below 1 and `SourceUnavailableError`, naming every corpus that is missing,
    before any work.
    """
    if limit is not None and limit < 1:
        raise ProfileError(f"received limit {limit}; allowed is 1 or more, or none for the whole profile")
    planned: list[tuple[Source, Sequence[int]]] = []
    missing: list[str] = []
    for selection in selections:
        source = find_source(selection.source)
        try:
            planned.append((source, select_positions(selection, source)))
        except SourceUnavailableError as error:
            missing.append(f"{selection.source}: {error}")
    if missing:
        raise SourceUnavailableError("\n".join(missing))
    if limit is None:
        return planned
    shares = share_out(limit, [len(positions) for _, positions in planned])
    return [
        (source, [positions[index] for index in nested_spread(len(positions), share)])
        for (source, positions), share in zip(planned, shares, strict=True)
        if share > 0
    ]


def read_positions(source: Source, positions: Sequence[int]) -> Iterator[RawSample]:
    """Yield the rows at increasing `positions`, one call of `rows` for each run of neighbours."""
    if not positions:
        return
    start = positions[0]
    for current, following in pairwise([*positions, -1]):
        if following != current + 1:
            yield from source.rows(start, current + 1)
            start = following
