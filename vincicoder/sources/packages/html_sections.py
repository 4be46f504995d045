"""Cuts pages into their sections, each a page of its own: header, table, form, card, footer..."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import lxml.html

_SECTION_TAGS = frozenset({"header", "nav", "section", "footer", "form", "table", "aside", "article", "main"})
_SECTION_CLASSES = frozenset({"card", "accordion", "list-group", "alert", "modal-content", "row", "widget"})
# Sections that fill the width of a page; others stand alone, as wide as beside others, and larger.
_FULL_WIDTH_TAGS = frozenset({"header", "nav", "section", "footer", "main", "table"})
_MIN_TEXT_CHARACTERS = 30
_MIN_HTML_CHARACTERS = 250
_MAX_HTML_CHARACTERS = 12_000
_SAME_SHAPE_LIMIT = 2


def _html_of(element: Any) -> str:
    text: str = lxml.html.tostring(element, encoding="unicode", with_tail=False)
    return text


def _is_section(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return False
    return element.tag in _SECTION_TAGS or not _SECTION_CLASSES.isdisjoint(element.get("class", "").split())


def _shape(element: Any) -> str:
    """Tags and classes without texts: cards of one row share it."""
    return " ".join(
        f"{part.tag}.{part.get('class', '')}" for part in element.iter() if isinstance(part.tag, str)
    )


@dataclass(slots=True)
class SectionCutter:
    """Cuts sections from page after page, and remembers what it has seen.

    A section whose HTML was seen before (a menu that every page repeats) is left out, and so is the
    third and any further one of the same shape (tags and classes).
    """

    seen: set[str] = field(default_factory=set)
    shapes: Counter[str] = field(default_factory=Counter)

    def cut(self, root: Any) -> Iterator[str]:
        """Yield each section of a page (an lxml tree) as an HTML document, in document order."""
        body = root.find("body")
        if body is None:
            return
        size_of: dict[Any, int] = {}
        for element in body.iterdescendants():
            if not _is_section(element):
                continue
            html = _html_of(element)
            size_of[element] = len(html)
            parents = (size_of[parent] for parent in element.iterancestors() if parent in size_of)
            if any(len(html) > 0.8 * size for size in parents):
                continue
            if self._is_worth_taking(element, html):
                yield self._wrap(element, html, body)

    def _is_worth_taking(self, element: Any, html: str) -> bool:
        if not _MIN_HTML_CHARACTERS <= len(html) <= _MAX_HTML_CHARACTERS:
            return False
        if len(" ".join(element.text_content().split())) < _MIN_TEXT_CHARACTERS:
            return False
        digest = hashlib.sha256(re.sub(r"\s+", " ", html).encode()).hexdigest()
        shape = hashlib.sha256(_shape(element).encode()).hexdigest()
        if digest in self.seen or self.shapes[shape] >= _SAME_SHAPE_LIMIT:
            return False
        self.seen.add(digest)
        self.shapes[shape] += 1
        return True

    def _wrap(self, element: Any, html: str, body: Any) -> str:
        full_width = element.tag in _FULL_WIDTH_TAGS
        room = "padding: 16px" if full_width else "max-width: 640px; margin: 24px auto; zoom: 1.5"
        names = f' class="{body.get("class")}"' if body.get("class") else ""
        inner = textwrap.indent(textwrap.dedent(_first_line_indented(html)), "    ")
        return (
            '<html lang="en">\n<head>\n<meta charset="utf-8">\n</head>\n'
            f'<body{names} style="display: block">\n  <div style="{room}">\n{inner}\n  </div>\n'
            "</body>\n</html>\n"
        )


def _first_line_indented(html: str) -> str:
    """Return the HTML with its first line indented as its last one is: the cut took its indentation."""
    last = html.rsplit("\n", 1)[-1]
    return " " * (len(last) - len(last.lstrip())) + html
