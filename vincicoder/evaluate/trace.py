"""What a chart's program noted of its drawing (`vincicoder.render.languages.python.trace`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What a chart has of each at most; a program that notes more has none.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Trace:
    """`texts` in the order of drawing; `layout` one place an axes: rows, columns, first and last row, first
    and last column; `types` how often each kind of call drew; `colors` as `kind--colour`, each once."""

    texts: tuple[str, ...]
    layout: tuple[tuple[int, ...], ...]
    types: Mapping[str, int]
    colors: tuple[str, ...]


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
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
    sizes = (len(texts), len(layout), len(types), len(colors), *types.values())
    if max(sizes) > _MOST or min(types.values(), default=1) < 1 or any("--" not in color for color in colors):
        return None
    return Trace(texts, layout, types, colors)
