"""Faults of CSS, in style sheets and in style attributes, found by tinycss2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import tinycss2

from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.edits import Edit, Span, edit, whole_line
from vincicoder.refine.words import names, wrong_number

_COLORS = names("color background background-color fill stroke border-color stop-color")
_SIZES = names(
    "width height font-size padding margin margin-top margin-bottom margin-left padding-left gap "
    "border-radius stroke-width max-width line-height top left"
)
_OTHER_VALUE = {
    "display": {"flex": "block", "grid": "block", "inline-block": "block", "block": "inline"},
    "flex-direction": {"column": "row", "row": "column"},
    "text-align": {"center": "left", "right": "left", "left": "center"},
    "justify-content": {"space-between": "flex-start", "center": "flex-start", "flex-end": "flex-start"},
    "float": {"left": "right", "right": "left"},
    "position": {"absolute": "static", "fixed": "static", "relative": "static"},
    "font-weight": {"bold": "normal", "700": "400", "600": "400"},
}
_PLAIN_NUMBER = re.compile(r"[-+]?\d*\.?\d+[a-z%]*")

# Where one declaration lies: (name, place of the whole, place of its value).
DeclarationPlace = tuple[str, tuple[int, int], tuple[int, int]]


def style_sheet_faults(css: str, offset: int, used: frozenset[str]) -> Iterator[Edit]:
    """Yield faults of a style sheet that begins at `offset` of the source.

    `used` holds the class names, ids and tags of the page: rules for others change nothing.
    """
    lines = [0, *(match.end() for match in re.finditer("\n", css))]
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule" or not rule.content:
            continue
        selector = tinycss2.serialize(rule.prelude).strip()
        if not _matches(selector, used):
            continue
        start = lines[rule.source_line - 1] + rule.source_column - 1
        opening = css.find("{", start)
        stop = _closing_brace(css, opening) + 1
        if opening < 0 or stop <= 0:
            continue
        shift = offset + opening + 1
        body = css[opening + 1 : stop - 1]
        whole = whole_line(css, start, stop)
        yield edit("lost_rule", f"the rule {selector} left out", Span(whole[0] + offset, whole[1] + offset))
        yield edit(
            "broken_rule", f"the rule {selector} is never closed", Span(stop - 1 + offset, stop + offset)
        )
        yield from declaration_faults(body, shift, selector)


def declaration_faults(body: str, offset: int, where: str) -> Iterator[Edit]:
    """Yield faults of declarations such as `color: red; width: 3px` that begin at `offset`."""
    declarations = list(_declarations(body))
    colored = []
    for name, whole, place in declarations:
        value = body[place[0] : place[1]]
        at = (place[0] + offset, place[1] + offset)
        detail = f"{where}: {name}: {value}"
        if name in _COLORS and is_color(value):
            colored.append((at, value))
            try:
                other = wrong_color(value)
            except ValueError:
                pass
            else:
                yield edit("wrong_color", f"{detail} became {other}", Span(*at, other))
        elif name in _SIZES and _PLAIN_NUMBER.fullmatch(value):
            other = wrong_number(value)
            yield edit("wrong_size", f"{detail} became {other}", Span(*at, other))
        elif value in _OTHER_VALUE.get(name, {}):
            other = _OTHER_VALUE[name][value]
            yield edit("changed_layout", f"{detail} became {other}", Span(*at, other))
        if not name.startswith("--"):
            yield edit("lost_declaration", f"{detail} left out", Span(whole[0] + offset, whole[1] + offset))
    for (first, one), (second, other) in pairwise(colored):
        if one != other:
            exchanged = f"{where}: {one} and {other} exchanged"
            yield edit("swapped_colors", exchanged, Span(*first, other), Span(*second, one))


def _declarations(body: str) -> Iterator[DeclarationPlace]:
    lines = [0, *(match.end() for match in re.finditer("\n", body))]
    parsed: list[Any] = tinycss2.parse_blocks_contents(body, skip_comments=True, skip_whitespace=True)
    for node in parsed:
        if node.type != "declaration":
            continue
        start = lines[node.source_line - 1] + node.source_column - 1
        value = body.find(":", start) + 1
        text = tinycss2.serialize(node.value)
        stop = value + len(text)
        if not value or body[value:stop] != text:
            continue
        end = body.find(";", stop)
        end = len(body) if end < 0 else end + 1
        inner = text.strip()
        inner_start = value + len(text) - len(text.lstrip())
        yield node.lower_name, (start, end), (inner_start, inner_start + len(inner))


def _matches(selector: str, used: frozenset[str]) -> bool:
    if ":" in selector or not selector:
        return False
    names = re.findall(r"[.#]?[a-zA-Z][\w-]*", selector)
    return bool(names) and all(name in used for name in names)


def _closing_brace(css: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(css)):
        depth += {"{": 1, "}": -1}.get(css[position], 0)
        if depth == 0:
            return position
    return -1
