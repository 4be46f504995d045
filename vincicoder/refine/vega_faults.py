"""Faults of Vega-Lite specifications, found in the parsed JSON and made in its text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import WHITESPACE, scanstring  # type: ignore[attr-defined]
from typing import Any

from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.edits import Edit, Span, edit, swapped
from vincicoder.refine.words import names, wrong_number, wrong_words

_OTHER = {
    "mark": {"bar": "line", "line": "point", "point": "line", "area": "line", "arc": "bar", "tick": "point"},
    "type": {"bar": "line", "line": "point", "point": "line", "area": "line", "quantitative": "nominal",
             "nominal": "quantitative", "temporal": "nominal", "ordinal": "quantitative"},
    "aggregate": {"sum": "mean", "mean": "sum", "count": "distinct", "average": "sum", "median": "mean"},
    "sort": {"ascending": "descending", "descending": "ascending"},
    "orient": {"left": "right", "right": "left", "top": "bottom", "bottom": "top"},
}  # fmt: skip
_LOSABLE = names("title color legend axis scale tooltip stack sort opacity size shape bin config")


@dataclass(frozen=True, slots=True)
class _Node:
    """One member of an object or list: the keys that lead to it, and the places of it and of its value."""

    path: tuple[str, ...]
    member: tuple[int, int]
    place: tuple[int, int]
    value: Any


def vega_lite_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a specification. Raises ValueError where it is not JSON."""
    nodes: list[_Node] = []
    _scan(source, _skip(source, 0), (), nodes)
    return [*_members(source, nodes), *_swaps(source, nodes)]


def _members(source: str, nodes: list[_Node]) -> Iterator[Edit]:
    for node in nodes:
        key = node.path[-1]
        where = ".".join(node.path)
        if isinstance(node.value, str):
            inner = (node.place[0] + 1, node.place[1] - 1)
            other = _OTHER.get(key, {}).get(node.value)
            if other:
                kind = "wrong_chart_type" if key == "mark" or "mark" in node.path[:-1] else f"wrong_{key}"
                yield edit(kind, f"{where}: {node.value} became {other}", Span(*inner, other))
            elif is_color(node.value) and len(node.value) > 2 and "data" not in node.path:
                color = wrong_color(node.value)
                yield edit("wrong_color", f"{where}: {node.value} became {color}", Span(*inner, color))
            elif key in ("title", "text") and wrong_words(node.value):
                words = wrong_words(node.value) or ""
                shown = json.dumps(words)
                yield edit("wrong_text", f"{where}: {node.value} became {words}", Span(*node.place, shown))
        elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
            number = wrong_number(source[node.place[0] : node.place[1]].partition("e")[0])
            kind = "wrong_size" if key in ("width", "height", "size", "step") else "wrong_value"
            yield edit(kind, f"{where}: {node.value} became {number}", Span(*node.place, number))
        if key in _LOSABLE or (len(node.path) > 1 and node.path[-2] in ("layer", "values", "transform")):
            yield edit("lost_option", f"without {where}", Span(*_with_comma(source, node.member)))


def _swaps(source: str, nodes: list[_Node]) -> Iterator[Edit]:
    for node in nodes:
        if node.path[-1] != "x" or len(node.path) < 2 or node.path[-2] != "encoding":
            continue
        other = next((each for each in nodes if each.path == (*node.path[:-1], "y")), None)
        if other:
            yield swapped("swapped_axes", "x and y exchanged", source, node.place, other.place)


def _with_comma(source: str, member: tuple[int, int]) -> tuple[int, int]:
    start, stop = member
    after = _skip(source, stop)
    if source[after : after + 1] == ",":
        return start, _skip(source, after + 1)
    before = source.rfind(",", 0, start)
    return (before, stop) if before >= 0 and not source[before + 1 : start].strip() else member


def _skip(source: str, position: int) -> int:
    return int(WHITESPACE.match(source, position).end())


def _scan(source: str, position: int, path: tuple[str, ...], nodes: list[_Node]) -> int:
    """Walk one JSON value from its first character; return where it ends."""
    opening = source[position : position + 1]
    if opening not in ("{", "["):
        _, stop = json.JSONDecoder().raw_decode(source, position)
        return int(stop)
    position = _skip(source, position + 1)
    number = 0
    while source[position : position + 1] not in ("}", "]"):
        start = position
        key = str(number)
        if opening == "{":
            key, position = scanstring(source, position + 1, True)
            position = _skip(source, _skip(source, position) + 1)
        stop = _scan(source, position, (*path, key), nodes)
        text = source[position:stop]
        value = None if text[0] in "{[" else json.loads(text)
        member = (start, stop)
        nodes.append(_Node((*path, key), member, (position, stop), value))
        position = _skip(source, stop)
        if source[position : position + 1] == ",":
            position = _skip(source, position + 1)
        elif source[position : position + 1] not in ("}", "]"):
            raise ValueError(f"no comma or bracket at character {position} of the JSON text")
        number += 1
    return position + 1
