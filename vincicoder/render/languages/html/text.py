"""HTML as text: its comments, its syntax, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.markup_text import LAYOUT_MATTERS, map_blocks, without_comments

START = re.compile(r"<!doctype\s+html\b|<(?:html|head|body|div|section|main|nav|table)\b", re.I)
_TAG = re.compile(
    r"<(?:!doctype html|html|head|body|div|style|section|header|main|table|nav|p|h[1-6])\b", re.I
)


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the page with the comments of markup, styles and scripts passed through `change`."""
    return map_blocks(code, change, ("<!--", "-->"), ("/*", "*/"))


def normal_form(code: str) -> str:
    """Return the page without comments, runs of white space one space, where neither can show."""
    if LAYOUT_MATTERS.search(code):
        return code
    return re.sub(r"\s+", " ", without_comments(code)).strip()


def syntax_error(code: str) -> str | None:
    """Require at least one real element; browsers repair the rest."""
    from lxml import html as lxml_html
    from lxml.etree import ParserError

    if not re.search(r"<[a-zA-Z][^>]*>", code):
        return "no HTML element in the code"
    try:
        lxml_html.document_fromstring(code.encode("utf-8", "replace"))
    except (ParserError, ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def recognise(head: CodeHead) -> bool | None:
    """Recognise HTML by any of its usual tags; other markup is of no known language."""
    if not head.text.startswith("<"):
        return None
    return _TAG.search(head.text) is not None
