"""Makes a page self-contained: pruned style inside, no scripts, and plain stand-ins for its pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lxml.html
from PIL import Image, UnidentifiedImageError

from vincicoder.orientation import upright
from vincicoder.sources.packages.html_css import parse_css, prune_css, read_stylesheet

_DEFAULT_SIZE = (320, 200)
_DROPPED = (
    "//script | //noscript | //template | //iframe | //object | //embed | //base | //comment() | //link"
    " | //meta[not(@charset) and not(@name='viewport')]"
)
_HANDLER = re.compile(r"^on[a-z]+$")
# The HTML parser lowers names that SVG writes with capitals.
_SVG_NAMES = (
    (re.compile(r"\bviewbox="), "viewBox="),
    (re.compile(r"\bpreserveaspectratio="), "preserveAspectRatio="),
    (re.compile(r"(</?)lineargradient\b"), r"\1linearGradient"),
    (re.compile(r"(</?)radialgradient\b"), r"\1radialGradient"),
    (re.compile(r"(</?)clippath\b"), r"\1clipPath"),
)


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page, or a part of one, as cut: its HTML, the stylesheets it links, and the folder it lies in."""

    source_id: str
    html: str
    stylesheets: tuple[Path, ...]
    folder: Path


def placeholder_picture(width: int, height: int) -> str:
    """Return a data URI of a plain grey SVG picture of that size in pixels."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        '<rect width="100%" height="100%" fill="#c8ccd0"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg, safe=' =:/')}".replace("%22", "'")


def _pixels(value: str | None) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,4})(px)?\s*", value or "")
    return int(match[1]) if match else None


def picture_size(folder: Path, address: str) -> tuple[int, int]:
    """Return the size in pixels of a local raster picture, or a usual size where there is none to read."""
    path = folder / address.split("?")[0].split("#")[0]
    try:
        with Image.open(path) as picture:
            return upright(picture).size
    except (OSError, UnidentifiedImageError, ValueError):
        return _DEFAULT_SIZE


def _replace_pictures(root: Any, folder: Path) -> None:
    for image in root.iter("img", "source", "input"):
        address = image.get("src")
        image.attrib.pop("srcset", None)
        if address is None or address.startswith("data:"):
            continue
        natural = picture_size(folder, address)
        width = _pixels(image.get("width")) or natural[0]
        height = _pixels(image.get("height")) or max(1, round(width * natural[1] / max(natural[0], 1)))
        image.set("src", placeholder_picture(width, height))


def _clean_tree(root: Any, folder: Path) -> None:
    for node in root.xpath(_DROPPED):
        if node.getparent() is not None:
            node.drop_tree()
    _replace_pictures(root, folder)
    for element in root.iter():
        for name in [name for name in element.attrib if _HANDLER.match(name)]:
            del element.attrib[name]
        style = element.get("style")
        if style and "url(" in style:
            element.set(
                "style", re.sub(r"url\([^)]*\)", f'url("{placeholder_picture(*_DEFAULT_SIZE)}")', style)
            )


def _pull_styles(root: Any) -> str:
    texts = []
    for element in root.xpath("//style"):
        texts.append(element.text or "")
        element.drop_tree()
    return "\n".join(texts)


def _to_text(root: Any) -> str:
    text: str = lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    for pattern, replacement in _SVG_NAMES:
        text = pattern.sub(replacement, text)
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def make_self_contained(page: SourcePage) -> str:
    """Return the page as one document that needs no other file and no network.

    Linked stylesheets and style elements become one style element with the rules that the page uses;
    scripts, fonts, frames and event handlers go; pictures become grey stand-ins of their size.
    """
    root = lxml.html.document_fromstring(page.html)
    own_style = _pull_styles(root)
    _clean_tree(root, page.folder)
    rules = [rule for path in page.stylesheets for rule in read_stylesheet(path)]
    rules += parse_css(own_style)
    inline_style = " ".join(root.xpath("//@style"))
    css = prune_css(rules, root, inline_style, lambda address: placeholder_picture(*_DEFAULT_SIZE))
    head = root.find("head")
    if head is None:
        head = lxml.html.Element("head")
        root.insert(0, head)
    if css:
        style = lxml.html.Element("style")
        style.text = f"\n{css}\n"
        style.tail = "\n"
        head.append(style)
    return _to_text(root)
