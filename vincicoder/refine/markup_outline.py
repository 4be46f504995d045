"""An outline of HTML or SVG: elements, attributes and texts, with their places in the source.

HTML is read by the standard library's tokenizer, which forgives as browsers do; SVG by expat. Both say
where they are, so that edits leave all other characters as they were.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from xml.parsers import expat

from vincicoder.refine.words import names

VOID = names("area base br col embed hr img input link meta source track wbr")

# A tag of well-formed XML; `>` may stand in its attributes.
_TAG = re.compile(rb"""(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
# Attributes of one start tag; where they lie is found inside the tag that the parser has delimited.
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@dataclass(slots=True)
class Element:
    """One element. `stop` is the end of its end tag, `open_stop` of its start tag; `close` is where the
    end tag begins, or `stop` where there is none. `attributes` maps names to places of their values."""

    name: str
    start: int
    open_stop: int
    close: int
    stop: int
    depth: int
    parent: Element | None
    attributes: dict[str, tuple[int, int]]
    names: dict[str, tuple[int, int]]


@dataclass(slots=True)
class MarkupOutline:
    """Elements in document order, and the texts (start, stop, element that holds it)."""

    source: str
    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[int, int, Element]] = field(default_factory=list)

    def value(self, element: Element, attribute: str) -> str:
        place = element.attributes.get(attribute)
        return self.source[place[0] : place[1]] if place else ""


class _Builder:
    def __init__(self, source: str) -> None:
        self.document = MarkupOutline(source)
        self.stack: list[Element] = []
        self._open: Counter[str] = Counter()  # the names in the stack

    def open(self, name: str, start: int, stop: int, closed: bool) -> None:
        attributes, names = _attributes(self.document.source, start, stop)
        parent = self.stack[-1] if self.stack else None
        element = Element(name, start, stop, stop, stop, len(self.stack), parent, attributes, names)
        self.document.elements.append(element)
        if not closed:
            self.stack.append(element)
            self._open[name] += 1

    def pop(self) -> Element:
        element = self.stack.pop()
        self._open[element.name] -= 1
        return element

    def close(self, name: str, start: int, stop: int) -> None:
        while self._open[name]:
            element = self.pop()
            element.close, element.stop = (start, stop) if element.name == name else (start, start)
            if element.name == name:
                return

    def text(self, start: int, stop: int) -> None:
        if self.stack and self.document.source[start:stop].strip():
            self.document.texts.append((start, stop, self.stack[-1]))


def _attributes(
    source: str, start: int, stop: int
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    values: dict[str, tuple[int, int]] = {}
    whole: dict[str, tuple[int, int]] = {}
    for match in _ATTRIBUTE.finditer(source, start + 1, stop):
        group = next(number for number in (2, 3, 4) if match.group(number) is not None)
        values[match[1]] = match.span(group)
        whole[match[1]] = match.span()
    return values, whole


def html_outline(source: str) -> MarkupOutline:
    """Return the outline of an HTML document; never raises."""
    reader = _HtmlReader(source)
    reader.feed(source)
    reader.close()
    return reader.builder.document


class _HtmlReader(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.builder = _Builder(source)
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))]

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._here()
        self.builder.open(tag, start, start + len(self.get_starttag_text() or ""), tag in VOID)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._here()
        self.builder.open(tag, start, start + len(self.get_starttag_text() or ""), True)

    def handle_endtag(self, tag: str) -> None:
        start = self._here()
        stop = self.builder.document.source.find(">", start) + 1
        self.builder.close(tag, start, stop or start)

    def handle_data(self, data: str) -> None:
        start = self._here()
        self.builder.text(start, start + len(data))


def svg_outline(source: str) -> MarkupOutline:
    """Return the outline of an SVG document. Raises `expat.ExpatError` where it is not well-formed,
    ValueError where it declares entities."""
    encoded = source.encode()
    builder = _Builder(source)
    plain = source.isascii()
    last = (0, 0)  # a place in bytes and in characters
    parser = expat.ParserCreate()

    def characters(position: int) -> int:
        nonlocal last
        if plain:
            return position
        at, character = last if position >= last[0] else (0, 0)  # places mostly come one after the other
        last = (position, character + len(encoded[at:position].decode()))
        return last[1]

    def tag_stop(start: int) -> int:
        found = _TAG.match(encoded, start)
        return found.end() if found else len(encoded)

    def on_start(name: str, _attributes: Any) -> None:
        start = parser.CurrentByteIndex
        stop = tag_stop(start)
        builder.open(name, characters(start), characters(stop), False)

    def on_end(name: str) -> None:
        element = builder.stack[-1]
        if source.startswith("/>", element.open_stop - 2):  # it ends where it begins: no end tag to look for
            builder.pop()
            element.close = element.stop = element.open_stop
        else:
            start = parser.CurrentByteIndex
            builder.close(name, characters(start), characters(tag_stop(start)))

    def on_text(data: str) -> None:
        start = characters(parser.CurrentByteIndex)
        if source.startswith(data, start):
            builder.text(start, start + len(data))

    def on_entity(*_: Any) -> None:
        raise ValueError("the document declares entities")

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = on_text
    parser.EntityDeclHandler = on_entity
    parser.Parse(encoded, True)
    return builder.document
