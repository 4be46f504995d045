"""Faults of web pages: elements and texts lost, moved or mistaken, and style rules broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from vincicoder.refine.css_faults import declaration_faults, style_sheet_faults
from vincicoder.refine.edits import Edit, Span, edit, swapped, whole_line
from vincicoder.refine.markup_outline import Element, MarkupOutline, html_outline
from vincicoder.refine.words import names, wrong_words

_FRAME = names("html head body style script title meta link base")
_INLINE = names("span a b i em strong small code label br abbr sup sub u")
_LARGEST_SHARE = 0.35  # of the page: a model that loses more has not tried


def html_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a page."""
    document = html_outline(source)
    return [
        *_elements(document),
        *_siblings(document),
        *_texts(document),
        *_attributes(document),
        *_styles(document),
    ]


def _in_body(element: Element) -> bool:
    node: Element | None = element
    while node is not None:
        if node.name in ("head", "style", "script", "template", "noscript"):
            return False
        node = node.parent
    return element.name not in _FRAME


def _elements(document: MarkupOutline) -> Iterator[Edit]:
    page = len(document.source)
    for element in document.elements:
        length = element.stop - element.start
        if not _in_body(element) or length > _LARGEST_SHARE * page:
            continue
        label = document.source[element.start : element.open_stop]
        if element.close > element.open_stop or element.name in ("img", "hr", "input"):
            span = Span(*whole_line(document.source, element.start, element.stop))
            yield edit("dropped_element", f"{label} left out", span)
        if element.stop > element.close and element.name not in _INLINE and element.depth > 2:
            yield edit("unclosed_element", f"{label} is never closed", Span(element.close, element.stop))


def _siblings(document: MarkupOutline) -> Iterator[Edit]:
    children: dict[int, list[Element]] = {}
    for element in document.elements:
        if element.parent is not None and _in_body(element):
            children.setdefault(element.parent.start, []).append(element)
    for siblings in children.values():
        for one, other in pairwise(siblings):
            texts = [document.source[each.start : each.stop] for each in (one, other)]
            if one.stop <= other.start and texts[0] != texts[1] and min(map(len, texts)) > 12:
                detail = f"<{one.name}> and the <{other.name}> after it exchanged"
                places = ((one.start, one.stop), (other.start, other.stop))
                yield swapped("moved_element", detail, document.source, *places)


def _texts(document: MarkupOutline) -> Iterator[Edit]:
    for start, stop, element in document.texts:
        if not _in_body(element):
            continue
        text = document.source[start:stop]
        bare = text.strip()
        other = wrong_words(bare)
        if other:
            at = start + text.index(bare)
            yield edit("wrong_text", f"{bare!r} became {other!r}", Span(at, at + len(bare), other))


def _attributes(document: MarkupOutline) -> Iterator[Edit]:
    for element in document.elements:
        if not _in_body(element):
            continue
        place = element.attributes.get("class")
        classes = document.value(element, "class").split()
        if place and classes:
            lost = classes[-1]
            kept = " ".join(classes[:-1])
            yield edit("lost_class", f"<{element.name}> without class {lost}", Span(*place, kept))
        style = element.attributes.get("style")
        if style:
            yield from declaration_faults(document.source[style[0] : style[1]], style[0], f"<{element.name}>")


def _styles(document: MarkupOutline) -> Iterator[Edit]:
    used = {element.name for element in document.elements}
    for element in document.elements:
        used.update(f".{name}" for name in document.value(element, "class").split())
        used.add(f"#{document.value(element, 'id')}")
    for element in document.elements:
        if element.name == "style" and element.close > element.open_stop:
            css = document.source[element.open_stop : element.close]
            if not re.search(r"<!--|]]>", css):
                yield from style_sheet_faults(css, element.open_stop, frozenset(used))
