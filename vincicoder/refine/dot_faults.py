"""Faults of Graphviz graphs: edges lost or turned, labels and attributes mistaken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.edits import Edit, Span, edit, swapped, whole_line
from vincicoder.refine.words import wrong_words

_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/|^\#[^\n]*)|(?P<text>"(?:[^"\\]|\\.)*"|<(?:[^<>]|<[^<>]*>)*>)'
    r"|(?P<edge>->|--)|(?P<mark>[{}\[\];,=:])|(?P<word>[\w.\-\u0080-\uffff]+?(?=->|--|[^\w.\-\u0080-\uffff]|$))"
    r"|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL | re.MULTILINE,
)
_OTHER_VALUE = {
    "rankdir": {"LR": "TB", "TB": "LR", "RL": "LR", "BT": "TB"},
    "shape": {
        "box": "ellipse",
        "circle": "box",
        "ellipse": "box",
        "diamond": "box",
        "doublecircle": "circle",
    },
    "style": {"dashed": "solid", "dotted": "solid", "filled": "solid", "bold": "solid"},
    "dir": {"back": "forward", "both": "forward", "none": "forward"},
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    stop: int


def graphviz_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a graph."""
    tokens = [
        _Token(match.lastgroup or "other", match[0], *match.span())
        for match in _TOKEN.finditer(source)
        if match.lastgroup not in ("space", "comment")
    ]
    return [*_edges(source, tokens), *_attributes(source, tokens)]


def _edges(source: str, tokens: list[_Token]) -> Iterator[Edit]:
    arrows = [index for index, token in enumerate(tokens) if token.kind == "edge"]
    for index in arrows:
        if index + 1 >= len(tokens) or tokens[index - 1].kind not in ("word", "text"):
            continue
        left, right = tokens[index - 1], tokens[index + 1]
        if right.kind not in ("word", "text"):
            continue
        words = f"{left.text} {tokens[index].text} {right.text}"
        if tokens[index].text == "->" and left.text != right.text and tokens[index - 2].text != ":":
            places = ((left.start, left.stop), (right.start, right.stop))
            yield swapped("reversed_edge", f"{words} turned round", source, *places)
        alone = (index - 2 not in arrows) and (index + 2 not in arrows)
        if alone and len(arrows) > 1:
            stop = _statement_end(tokens, index + 1)
            place = whole_line(source, left.start, stop)
            yield edit("dropped_edge", f"{words} left out", Span(*place))
        elif not alone:
            yield edit("dropped_edge", f"{words} parted", Span(tokens[index].start, tokens[index].stop, ";"))


def _statement_end(tokens: list[_Token], index: int) -> int:
    """Where the statement of an edge ends: after its attributes and semicolon, if it has them."""
    stop = tokens[index].stop
    if index + 1 < len(tokens) and tokens[index + 1].text == "[":
        while index + 1 < len(tokens) and tokens[index].text != "]":
            index += 1
        stop = tokens[index].stop
    if index + 1 < len(tokens) and tokens[index + 1].text == ";":
        stop = tokens[index + 1].stop
    return stop


def _attributes(source: str, tokens: list[_Token]) -> Iterator[Edit]:
    for index in range(1, len(tokens) - 1):
        if tokens[index].text != "=":
            continue
        name, value = tokens[index - 1], tokens[index + 1]
        bare = value.text.strip('"')
        inner = (value.start + value.text.index(bare), value.start + value.text.index(bare) + len(bare))
        detail = f"{name.text}={value.text}"
        other = _OTHER_VALUE.get(name.text, {}).get(bare)
        if other:
            kind = "changed_layout" if name.text == "rankdir" else f"wrong_{name.text}"
            yield edit(kind, f"{detail} became {other}", Span(*inner, other))
        elif "color" in name.text and is_color(bare) and len(bare) > 2:
            yield edit("wrong_color", f"{detail} became {wrong_color(bare)}", Span(*inner, wrong_color(bare)))
        elif name.text in ("label", "xlabel", "headlabel", "taillabel") and value.text[0] == '"':
            words = wrong_words(bare)
            if words:
                yield edit("wrong_text", f"{detail} became {words}", Span(*inner, words))
        if tokens[index - 2].text in ("[", ","):
            last = index + 2 < len(tokens) and tokens[index + 2].text == ","
            stop = tokens[index + 2].stop if last else value.stop
            yield edit("lost_attribute", f"without {detail}", Span(name.start, stop))
