"""SVG as text: its comments, its syntax, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.markup_text import LAYOUT_MATTERS, map_blocks, without_comments

START = re.compile(r"<!doctype\s+svg\b|<(?:[\w-]+:)?svg\b", re.I)
_ROOT = re.compile(
    r"(?:<\?xml[^>]{0,500}+>|(?><!--.{0,4000}?-->)|\s++"
    r"|<!doctype svg[^>\[]{0,2000}+(?:\[[^\]]{0,8000}+\]\s*+)?>)*+<(?:\w++:)?svg\b",
    re.I | re.S,
)


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the drawing with every comment passed through `change`."""
    return map_blocks(code, change, ("<!--", "-->"))


def normal_form(code: str) -> str:
    """Return the drawing without comments and layout, where neither can show."""
    if LAYOUT_MATTERS.search(code):
        return code
    code = re.sub(r"\s+", " ", without_comments(code)).strip()
    if "<text" not in code and "<foreignObject" not in code:
        code = re.sub(r" ?(/?>) ?", r"\1", code)
    return code


def syntax_error(code: str) -> str | None:
    """Parse SVG as XML with entities and external references refused."""
    import defusedxml.ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = defusedxml.ElementTree.fromstring(code.lstrip("\ufeff \t\r\n"))
    except ElementTree.ParseError as error:
        return str(error)
    except DefusedXmlException as error:
        return f"forbidden XML: {error}"
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    if root.tag.rpartition("}")[2].lower() != "svg":
        return f"root element is <{root.tag}>, not <svg>"
    return None


def recognise(head: CodeHead) -> bool | None:
    """Recognise SVG by its root element, after XML's own lines and comments."""
    return True if head.text.startswith("<") and _ROOT.match(head.text) else None
