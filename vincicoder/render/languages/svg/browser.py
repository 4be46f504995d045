"""The page in which the browser draws an SVG document that librsvg would draw wrongly."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from vincicoder.render.languages.svg.size import drawn_scale, natural_size, pixel_size, root_attributes
from vincicoder.render.protocol import HandOver, PageView
from vincicoder.sample import code_sha256

_DRAWN = "drawn"
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
SVG_VIEW = PageView(f"#{_DRAWN}")
"""What of such a page is the picture."""


@cache
def page_script() -> str:
    """Return the script that shows the document."""
    return (Path(__file__).parent / "browser.js").read_text("utf-8")


def svg_page(code: str) -> str:
    """Return a page whose element `#drawn`, there when all is done, is the document at its picture's size.

    `code` may be anything at all: it is data to the page's parser, as no `<` is left in it, and nothing in it
    runs or is fetched (the page's policy, whose nonce is the document's own hash and so cannot be in it).
    """
    natural = natural_size(code)
    width, height = pixel_size(*natural, drawn_scale(*natural))
    code = _with_namespaces(code)
    nonce = code_sha256(code)[:32]
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:"
    )
    data = json.dumps(code).replace("<", "\\u003c")
    size = json.dumps([width, height, *natural])
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        "<style>body{margin:0}iframe{border:0;display:block}</style><body>"
        f'<script type="application/json" id="source">{data}</script>'
        f'<script nonce="{nonce}">const size = {size}, drawn = "{_DRAWN}";\n{page_script()}</script>'
    )


def _with_namespaces(code: str) -> str:
    """Declare the two namespaces that librsvg does without and a browser needs, where the root does not."""
    declared = root_attributes(code)
    missing = "" if "xmlns" in declared else f' xmlns="{_SVG}"'
    if "xlink:" in code and "xmlns:xlink" not in declared:
        missing += f' xmlns:xlink="{_XLINK}"'
    return re.sub(r"<svg\b", lambda match: match[0] + missing, code, count=1) if missing else code


def hand_over(code: str, feature: str) -> HandOver:
    """Return what a worker of the html renderer is to draw, with a note of the feature that needs it."""
    name = re.sub(r"[^A-Za-z0-9_.,+*/ -]", "", feature).strip()[:64]
    notes = (f"needs_browser:{name}",) if name else ()
    return HandOver("html", svg_page(code), SVG_VIEW, notes=notes)
