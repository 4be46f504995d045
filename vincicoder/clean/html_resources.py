"""External resources of pages: what the look does not need is removed, pictures become grey boxes."""

from __future__ import annotations

import re
from collections import Counter

from vincicoder.clean.css_pictures import grey_pictures
from vincicoder.clean.filter import Changed, FilterResult
from vincicoder.clean.placeholder import placeholder_address
from vincicoder.render.languages.browser.page_scripts import page_script
from vincicoder.sample import Reason, Rejection

_TAG_REST = r"""\b(?:[^>"']|"[^"]*"|'[^']*')*+>"""
# Comments are matched so that what is in them is left alone.
_PARTS = re.compile(
    r"<!--.*?-->"
    rf"|<script{_TAG_REST}(?:.*?</script\s*>)?"
    r"|<style\b[^>]*>.*?</style\s*>"
    rf"|<(?:img|link|iframe|frame|video|audio|source|track|embed|object|input|image|body|table|td){_TAG_REST}",
    re.IGNORECASE | re.DOTALL,
)
_STYLE_ATTRIBUTE = re.compile(r"""(\sstyle\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)""", re.IGNORECASE)
_IMPORT = re.compile(
    r"""@import\s+(?:url\(\s*)?(?:"([^"]*)"|'([^']*)'|([^"')\s;]+))\s*\)?[^;]*;""", re.IGNORECASE
)
_FONT_FACE = re.compile(r"@font-face\s*\{[^{}]*\}", re.IGNORECASE)
_SIZE_IN_ADDRESS = re.compile(r"(?<!\d)(\d{2,4})(?:x|/)(\d{2,4})(?!\d)")

# Fonts and icon fonts: without them the browser's own letters stand in, and icons are empty.
_FONTS = re.compile(
    r"fonts?[./-]|/fonts?/|typekit|font-?awesome|fontello|icons?\b|icofont|icomoon|ionicons|remixicon|boxicons"
    r"|glyphicon|line-?awesome|themify|flaticon|cdnfonts|simple-line|animate(?:\.min)?\.css|aos(?:\.min)?\.css",
    re.IGNORECASE,
)
# Scripts that style or draw what the page shows. Others (analytics, menus, jQuery) leave it as it is.
_DRAWING_SCRIPTS = re.compile(
    r"tailwind|unocss|windicss|chart|d3[.@/-]|/d3\b|echarts|plotly|vega|bokeh|three(?:\.min|\.module)?\.js"
    r"|vue[.@/-]|react|angular|svelte|preact|babel|ember|mathjax|katex|mermaid|/p5[.@/]|leaflet|mapbox|openlayers"
    r"|maps\.google|raphael|fabric|konva|pixi|viz\.js|cytoscape|vis-network|handsontable|ag-grid|marked|highlight"
    r"|prism|snap\.svg|two(?:\.min)?\.js|paper(?:\.min|-full)?\.js|particles|lottie|fullcalendar|feather"
    r"|lucide|less(?:\.min)?\.js|htmx|handlebars|mustache|knockout|backbone",
    re.IGNORECASE,
)


_TILE = (300, 200)  # pixels: a usual size, where none is known


class _NeededError(Exception):
    """The page can't look as meant without this."""


def html_resources(code: str) -> FilterResult:
    """Rewrite or refuse what a page fetches from elsewhere, be it the network or a file beside it.

    Removed: fonts, scripts that draw nothing, frames' and players' addresses. Made into grey boxes of their
    size: pictures. Rejected: style sheets, and scripts that draw or style the page.
    """
    done: Counter[str] = Counter()

    def rewrite(match: re.Match[str]) -> str:
        return _rewrite(match[0], done)

    try:
        text = _PARTS.sub(rewrite, code)
        text = _STYLE_ATTRIBUTE.sub(lambda match: _style_attribute(match, done), text)
    except _NeededError as error:
        return Rejection(Reason.CLEAN_EXTERNAL_RESOURCE, str(error))
    if not done:
        return None
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(done.items()))
    return Changed(text, f"external_resources: {listed}")


def is_external(address: str) -> bool:
    """Return whether an address leaves the document: not empty, no data, script or place within."""
    lowered = address.strip().lower()
    return bool(lowered) and not lowered.startswith(
        ("data:", "#", "javascript:", "about:", "blob:", "{", "<")
    )


def _rewrite(part: str, done: Counter[str]) -> str:
    name = part[1:8].lower()
    if part.startswith("<!--"):
        return part
    if name.startswith("script"):
        return _script(part, done)
    if name.startswith("style"):
        return _style_sheet(part, done)
    if name.startswith("link"):
        return _link(part, done)
    if name.startswith(("img", "image", "input")):
        return _picture(part, done)
    if name.startswith(("body", "table", "td")):
        return _grey_attribute(part, done)
    for attribute in ("srcset", "src", "data", "poster"):
        part = _without_attribute(part, attribute, "frames and players emptied", done)
    return part


def _script(part: str, done: Counter[str]) -> str:
    opening = re.match(rf"<script{_TAG_REST}", part, re.IGNORECASE)
    address = _attribute(opening[0], "src") if opening else ""
    if not is_external(address):
        return part
    if page_script(address):  # which the renderer has, or refuses by its name
        return part
    if _DRAWING_SCRIPTS.search(address):
        raise _NeededError(f"the script {_short(address)} draws or styles the page")
    done["scripts removed"] += 1
    return ""


def _link(part: str, done: Counter[str]) -> str:
    relation, address = _attribute(part, "rel").lower(), _attribute(part, "href")
    if not is_external(address):
        return part
    if "stylesheet" in relation.split() and "alternate" not in relation:
        if _attribute(part, "media").lower() == "print":
            done["print style sheets removed"] += 1
        elif _FONTS.search(address):
            done["fonts removed"] += 1
        else:
            raise _NeededError(f"the style sheet {_short(address)} is not in the page")
        return ""
    if re.search(r"icon|preload|preconnect|prefetch|manifest|modulepreload|image_src", relation):
        done["hints removed"] += 1
        return ""
    return part


def _picture(part: str, done: Counter[str]) -> str:
    address = _attribute(part, "src") or _attribute(part, "href") or _attribute(part, "xlink:href")
    part = _without_attribute(part, "srcset", "picture sets removed", done)
    if not is_external(address):
        return part
    done["pictures made placeholders"] += 1
    width, height = _picture_size(part, address)
    return part.replace(address, placeholder_address(width, height), 1)


def _grey_attribute(part: str, done: Counter[str]) -> str:
    address = _attribute(part, "background")
    if not is_external(address):
        return part
    done["background pictures made grey"] += 1
    return part.replace(address, placeholder_address(*_TILE), 1)


def _picture_size(part: str, address: str) -> tuple[int, int]:
    sizes = []
    in_address = _SIZE_IN_ADDRESS.search(address)
    for position, name in enumerate(("width", "height")):
        stated = re.match(r"\s*(\d{1,4})(?:px)?\s*$", _attribute(part, name))
        styled = re.search(rf"(?<![-\w]){name}\s*:\s*(\d{{1,4}})px", _attribute(part, "style"))
        found = stated or styled
        sizes.append(
            int(found[1]) if found else int(in_address[position + 1]) if in_address else _TILE[position]
        )
    return max(1, sizes[0]), max(1, sizes[1])


def _style_sheet(part: str, done: Counter[str]) -> str:
    def imported(match: re.Match[str]) -> str:
        address = match[1] or match[2] or match[3] or ""
        if not is_external(address):
            return match[0]
        if not _FONTS.search(address):
            raise _NeededError(f"the style sheet {_short(address)} is not in the page")
        done["fonts removed"] += 1
        return ""

    def font(match: re.Match[str]) -> str:
        addresses = [next(filter(None, found), "") for found in _URL.findall(match[0])]
        if not any(map(is_external, addresses)):
            return match[0]
        done["fonts removed"] += 1
        return ""

    if "@" in part:
        part = _FONT_FACE.sub(font, _IMPORT.sub(imported, part))
    return grey_pictures(part, is_external, done)


def _style_attribute(match: re.Match[str], done: Counter[str]) -> str:
    quote = match[2][0] if match[2][0] in "\"'" else ""
    inner = match[2][1:-1] if quote else match[2]
    return f"{match[1]}{quote}{grey_pictures(inner, is_external, done)}{quote}"


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"""\s{re.escape(name)}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", tag, re.IGNORECASE)
    return next((group for group in match.groups() if group is not None), "") if match else ""


def _without_attribute(tag: str, name: str, kind: str, done: Counter[str]) -> str:
    if not is_external(_attribute(tag, name)):
        return tag
    done[kind] += 1
    return re.sub(
        rf"""\s{re.escape(name)}\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", "", tag, count=1, flags=re.IGNORECASE
    )


def _short(address: str) -> str:
    return address if len(address) <= 120 else f"{address[:117]}..."
