"""What a chart's program noted of its drawing (`vincicoder.render.languages.python.trace`)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a chart has of each at most; a program that notes more has none.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text of a figure, in lower case, and its place; None where it is no number."""

    text: str
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class Trace:
    """What a figure shows.

    `texts` are in the order of drawing; `layout` has one place an axes: rows, columns, first and last row,
    first and last column; `types` says how often each kind of call drew; `colors` are `kind--colour`, each
    once. `placed` are all texts of the figure that are not hidden, ticks' among them; `size` is its own in
    inches. `parts` are those that Chart2Code compares, unchecked
    (`vincicoder.render.languages.python.trace.parts`).
    """

    texts: tuple[str, ...]
    layout: tuple[tuple[int, ...], ...]
    types: Mapping[str, int]
    colors: tuple[str, ...]
    placed: tuple[PlacedText, ...]
    size: tuple[float, float]
    parts: Mapping[str, Any] = field(default_factory=dict)


def read_trace(text: str | None) -> Trace | None:
    """Read the JSON of a trace; None where there is none, or what a program made up in its place is none."""
    if not text:
        return None
    try:
        fields: Any = json.loads(text)
        texts = tuple(str(one) for one in fields["texts"])
        layout = tuple(tuple(int(number) for number in place) for place in fields["layout"])
        types = {str(name): int(count) for name, count in fields["types"].items()}
        colors = tuple(sorted({str(color) for color in fields["colors"]}))
        placed = tuple(
            PlacedText(str(name), *(None if at is None else float(at) for at in (x, y)))
            for name, x, y in fields["placed"]
        )
        parts = dict(fields.get("parts") or {})
        width, height = (float(side) for side in fields["size"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
    if not (0 < width < math.inf and 0 < height < math.inf):
        return None
    sizes = (len(texts), len(layout), len(types), len(colors), len(placed), *types.values())
    if max(sizes) > _MOST or min(types.values(), default=1) < 1 or any("--" not in color for color in colors):
        return None
    return Trace(texts, layout, types, colors, placed, (width, height), parts)
