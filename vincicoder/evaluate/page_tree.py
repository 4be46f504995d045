"""A web page as a tree, read and written as Beautiful Soup does with Python's own parser.

Published evaluators of pages work on that tree: nothing is closed that the page does not close, an end tag
closes all within its element, and one without an element does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "menuitem", "meta"),
        *("param", "source", "track", "wbr", "basefont", "bgsound", "command", "frame", "image", "isindex"),
        *("nextid", "spacer"),
    }
)
_AS_WRITTEN = ("script", "style")
_KEEPS_SPACE = ("pre", "textarea")
_MOST_CHARACTERS = 1_000_000
ROOT = ""
"""The name of the node that holds a page."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text, or of markup that is no element (`is_markup`), which is written as it is."""

    text: str
    is_markup: bool = False


@dataclass(slots=True)
class Element:
    """An element: its name in lower case, its attributes, and what it holds, in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | Text] = field(default_factory=list)

    def elements(self) -> Iterator[Element]:
        """Yield all elements within this one, in the order of the page."""
        waiting = [iter(self.children)]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
            elif isinstance(child, Element):
                yield child
                waiting.append(iter(child.children))

    def first(self, name: str) -> Element | None:
        """Return the first element of a name within this one."""
        return next((element for element in self.elements() if element.name == name), None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element(ROOT)
        self._open = [self.root]
        self._opened: dict[str, int] = {}
        self._said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _EMPTY:
            self._open.append(element)
            self._opened[tag] = self._opened.get(tag, 0) + 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._end_text()
        while self._opened.get(tag):
            name = self._open.pop().name
            self._opened[name] -= 1
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    def handle_comment(self, data: str) -> None:
        self._markup(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        kind, _, rest = decl.partition(" ")
        self._markup(f"<!{kind.upper()} {rest}>\n")

    def unknown_decl(self, data: str) -> None:
        self._markup(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self._markup(f"<?{data}>")

    def end(self) -> Element:
        self.close()
        self._end_text()
        return self.root

    def _markup(self, text: str) -> None:
        self._end_text()
        self._open[-1].children.append(Text(text, is_markup=True))

    def _end_text(self) -> None:
        if not self._said:
            return
        text = "".join(self._said)
        self._said.clear()
        if not text.strip(" \n\t\f\r") and not any(self._opened.get(name) for name in _KEEPS_SPACE):
            text = "\n" if "\n" in text else " "
        self._open[-1].children.append(Text(text))


def read_page(page: str) -> Element:
    """Return the tree of a page, of at most its first million characters. Never raises."""
    reader = _Reader()
    try:
        reader.feed(page[:_MOST_CHARACTERS])
        return reader.end()
    except AssertionError:  # the parser's own word for marked sections that it does not know
        return reader.root


def write_page(root: Element) -> str:
    """Return the markup of a tree."""
    written: list[str] = []
    waiting: list[tuple[Element | Text | str, bool]] = [(child, False) for child in reversed(root.children)]
    while waiting:
        part, raw = waiting.pop()
        if isinstance(part, str):
            written.append(part)
        elif isinstance(part, Text):
            written.append(part.text if raw or part.is_markup else _escaped(part.text))
        else:
            start = part.name + "".join(
                f" {name}={_quoted(value)}" for name, value in part.attributes.items()
            )
            if part.name in _EMPTY:
                written.append(f"<{start}/>")
                continue
            written.append(f"<{start}>")
            waiting.append((f"</{part.name}>", False))
            as_written = part.name in _AS_WRITTEN
            waiting += [(child, as_written) for child in reversed(part.children)]
    return "".join(written)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(value: str) -> str:
    text = _escaped(value)
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "&quot;") + '"'
