"""Edits of source text by position, so that all other characters stay the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `stop` (half open) of the source, and the text that takes their place."""

    start: int
    stop: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One fault: its kind (a short name, counted in reports), what it does in words, and where."""

    kind: str
    detail: str
    spans: tuple[Span, ...]


def edit(kind: str, detail: str, *spans: Span) -> Edit:
    """Return an edit; `detail` is cut to one short line."""
    line = " ".join(detail.split())
    return Edit(kind, line if len(line) <= 90 else line[:89] + "…", tuple(sorted(spans)))


def swapped(kind: str, detail: str, source: str, first: tuple[int, int], second: tuple[int, int]) -> Edit:
    """Return the edit that exchanges two stretches of the source."""
    return edit(
        kind,
        detail,
        Span(*first, source[second[0] : second[1]]),
        Span(*second, source[first[0] : first[1]]),
    )


def overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters, so that they can't be made together."""
    return any(a.start <= b.stop and b.start <= a.stop for a in one.spans for b in other.spans)


def apply_edits(source: str, edits: Iterable[Edit]) -> str:
    """Return the source with all edits made; they must not overlap."""
    spans = sorted(span for each in edits for span in each.spans)
    parts, position = [], 0
    for span in spans:
        if span.start < position:
            raise ValueError(f"edits overlap at character {span.start}: make them one after the other")
        parts += [source[position : span.start], span.text]
        position = span.stop
    return "".join([*parts, source[position:]])


def whole_line(source: str, start: int, stop: int) -> tuple[int, int]:
    """Widen a stretch to the lines it fills, where nothing but white space shares them with it."""
    first = source.rfind("\n", 0, start) + 1
    last = source.find("\n", stop)
    last = len(source) if last < 0 else last + 1
    alone = not source[first:start].strip() and not source[stop:last].strip()
    return (first, last) if alone else (start, stop)
