"""Faults of SVG drawings: shapes lost, moved, resized, recoloured or cut short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.css_faults import declaration_faults
from vincicoder.refine.edits import Edit, Span, edit, swapped, whole_line
from vincicoder.refine.markup_outline import Element, MarkupOutline, svg_outline
from vincicoder.refine.words import names, wrong_number, wrong_words

_DRAWN = names("path rect circle ellipse line polyline polygon text tspan use g image")
_HIDDEN = names(
    "defs clipPath mask symbol linearGradient radialGradient pattern marker filter metadata title"
)
_GEOMETRY = names("x y cx cy r rx ry width height x1 y1 x2 y2 stroke-width font-size")
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:px|%|pt|em)?")
_COMMAND = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]")
_LARGEST_SHARE = 0.6


def svg_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a drawing. Raises `expat.ExpatError` on bad XML."""
    document = svg_outline(source)
    shown = [element for element in document.elements if element.depth and _is_shown(element)]
    return [
        *_lost(document, shown),
        *_geometry(document, shown),
        *_colors(document, shown),
        *_paths(document, shown),
        *_texts(document),
    ]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_shown(element: Element) -> bool:
    node: Element | None = element
    while node is not None:
        if _local(node.name) in _HIDDEN:
            return False
        node = node.parent
    return _local(element.name) in _DRAWN


def _lost(document: MarkupOutline, shown: list[Element]) -> Iterator[Edit]:
    source = document.source
    if len(shown) > 1:
        for element in shown:
            if element.stop - element.start <= _LARGEST_SHARE * len(source):
                label = source[element.start : min(element.open_stop, element.start + 60)]
                span = Span(*whole_line(source, element.start, element.stop))
                yield edit("dropped_element", f"{label} left out", span)
    for one, other in pairwise(shown):
        if one.parent is other.parent and one.stop <= other.start:
            places = ((one.start, one.stop), (other.start, other.stop))
            yield swapped("moved_element", f"<{one.name}> drawn after <{other.name}>", source, *places)
    for element in shown:
        for name in ("transform", "stroke", "fill", "stroke-width", "opacity", "text-anchor"):
            if name in element.names:
                start, stop = element.names[name]
                detail = f"<{element.name}> without {source[start:stop]}"
                yield edit("lost_attribute", detail, Span(start - 1, stop))


def _geometry(document: MarkupOutline, shown: list[Element]) -> Iterator[Edit]:
    for element in shown:
        for name in sorted(_GEOMETRY & element.attributes.keys()):
            value = document.value(element, name)
            if _NUMBER.fullmatch(value):
                other = wrong_number(value)
                kind = "moved_element" if name in ("x", "y", "cx", "cy") else "wrong_size"
                detail = f"<{element.name}> {name}={value} became {other}"
                yield edit(kind, detail, Span(*element.attributes[name], other))


def _colors(document: MarkupOutline, shown: list[Element]) -> Iterator[Edit]:
    for name in ("fill", "stroke"):
        colored = [
            (element.attributes[name], document.value(element, name))
            for element in document.elements
            if name in element.attributes and is_color(document.value(element, name))
        ]
        for (first, one), (second, other) in pairwise(colored):
            if one != other:
                detail = f"{name}: {one} and {other} exchanged"
                yield swapped("swapped_colors", detail, document.source, first, second)
        for place, value in colored:
            try:
                other = wrong_color(value)
            except ValueError:
                continue
            yield edit("wrong_color", f"{name}: {value} became {other}", Span(*place, other))
    for element in shown:
        style = element.attributes.get("style")
        if style:
            yield from declaration_faults(document.source[style[0] : style[1]], style[0], f"<{element.name}>")


def _paths(document: MarkupOutline, shown: list[Element]) -> Iterator[Edit]:
    for element in shown:
        place = element.attributes.get("d") or element.attributes.get("points")
        if place is None:
            continue
        data = document.source[place[0] : place[1]]
        if "d" in element.attributes:
            commands = [match.start() for match in _COMMAND.finditer(data)]
            cut = commands[max(2, len(commands) * 2 // 3)] if len(commands) > 3 else 0
        else:
            pairs = [match.end() for match in _NUMBER.finditer(data)]
            cut = pairs[len(pairs) // 4 * 2 - 1] if len(pairs) >= 8 else 0
        if cut:
            detail = f"<{element.name}> cut short by {len(data) - cut} characters"
            yield edit("shortened_path", detail, Span(place[0] + cut, place[1]))


def _texts(document: MarkupOutline) -> Iterator[Edit]:
    for start, stop, element in document.texts:
        text = document.source[start:stop]
        bare = text.strip()
        other = wrong_words(bare) if _local(element.name) in ("text", "tspan") else None
        if other:
            at = start + text.index(bare)
            yield edit("wrong_text", f"{bare!r} became {other!r}", Span(at, at + len(bare), other))
