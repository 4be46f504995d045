"""Where a page shows its texts, found without reading letters, as Design2Code finds it.

Every element that may hold text gets a colour of its own, twice, 50 levels apart; what differs by 50 between
the two drawings is text, and its colour says whose. From NoviScl/Design2Code@7a575e4
Design2Code/metrics/ocr_free_utils.py (`get_blocks_ocr_free`) and visual_score.py (`pre_process`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from vincicoder.evaluate.page_tree import Element, Text, read_page, write_page

Pixels = NDArray[np.uint8]
OFFSETS = (0, 50)
"""What is added to every level of the colours in the two drawings."""

_TEXT_ELEMENTS = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "a", "b", "li", "table", "td", "th"),
        *("button", "footer", "header", "figcaption"),
    }
)
_LEVELS = range(10, 251, 16)
_COLORS = tuple((r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS)[::-1]  # 4,096
_ALIKE, _NEAR = 8, 4
_STRIP = 256  # rows that are compared at a time
_MOST_ALIKE_ELEMENTS = 50
_CHUNK, _REPEATED, _SIMILAR = 100, 5, 0.8
_MOST_LOOKED_AT = 30_000  # characters of an answer's text: what repeats is looked for in each pair of pieces
_DROPPED = "!dropped"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A text in lower case, its box as shares of the page (left, top, width, height), and its mean colour."""

    text: str
    box: tuple[float, float, float, float]
    color: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of a page, and those that the published evaluator sees: it reads only what is in a `body`,
    and an answer after cutting what repeats."""

    whole: tuple[TextBlock, ...]
    published: tuple[TextBlock, ...]


NO_BLOCKS = PageBlocks((), ())


def recolored(page: str, offset: int) -> str:
    """Return a page whose elements have no background and whose texts have colours of their own.

    Elements beyond the 4,096 colours keep that of their parents (the published code fails on such a page).
    """
    root, colors = read_page(page), iter(_COLORS)
    for element in root.elements():
        _set_style(element, "background-color", "rgba(255, 255, 255, 0.0)")
    for element in root.elements():
        color = next(colors, None) if element.name in _TEXT_ELEMENTS else None
        if color is not None:
            _set_style(element, "color", "#" + "".join(f"{(level + offset) % 256:02X}" for level in color))
            _set_style(element, "opacity", "1.0")
    return write_page(root)


def _set_style(element: Element, name: str, value: str) -> None:
    styles = [
        style
        for style in element.attributes.get("style", "").split(";")
        if style.strip() and not style.strip().startswith(name)
    ]
    element.attributes["style"] = "; ".join([*styles, f"{name}: {value} !important"]).strip()


def find_blocks(page: str, pixels: Pixels, drawings: tuple[Pixels, Pixels]) -> tuple[TextBlock, ...]:
    """Return the blocks of a page from its picture and those of `recolored` by `OFFSETS`; none where the
    drawings differ in size."""
    if drawings[0].shape != drawings[1].shape:
        return ()
    found = _differing(pixels, drawings)
    if found is None:
        return ()
    shades = _Shades(*found)
    height, width = drawings[0].shape[:2]
    blocks = []
    for text, color in _texts(read_page(recolored(page, OFFSETS[0]))):
        seen = shades.near(color)
        if seen is not None:
            (top, left, bottom, right), mean = seen
            box = (
                left / width,
                top / height,
                (right - left + 1) / width,
                (bottom - top + 1) / height,
            )
            blocks.append(TextBlock(text.lower(), box, mean))
    return tuple(blocks)


def _differing(
    pixels: Pixels, drawings: tuple[Pixels, Pixels]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None:
    """Return places (row, column), drawn colours and own colours of text; None where the picture itself does
    not reach so far."""
    places, drawn, own = [], [], []
    for above in range(0, len(drawings[0]), _STRIP):
        first, second = (drawing[above : above + _STRIP].astype(np.int16) for drawing in drawings)
        alike = (np.abs((first + OFFSETS[1]) % 256 - second) <= _ALIKE).all(axis=2)
        rows, columns = np.nonzero(alike)
        if not len(rows):
            continue
        if rows.max() + above >= pixels.shape[0] or columns.max() >= pixels.shape[1]:
            return None
        places.append(np.stack([rows + above, columns], axis=1))
        drawn.append(first[rows, columns].astype(np.int64))
        own.append(pixels[rows + above, columns].astype(np.int64))
    if not places:
        return None
    return np.concatenate(places), np.concatenate(drawn), np.concatenate(own)


class _Shades:
    """The pixels of text, by the colours in which they were drawn."""

    def __init__(self, places: NDArray[np.int64], drawn: NDArray[np.int64], own: NDArray[np.int64]) -> None:
        packed = drawn @ np.array([65536, 256, 1])
        shades, kind, self._counts = np.unique(packed, return_inverse=True, return_counts=True)
        self._colors = np.stack([shades >> 16, shades >> 8 & 255, shades & 255], axis=1)
        order = np.argsort(kind, kind="stable")
        starts = np.concatenate(([0], np.cumsum(self._counts)[:-1]))
        self._low = np.minimum.reduceat(places[order], starts)
        self._high = np.maximum.reduceat(places[order], starts)
        self._sums = np.add.reduceat(own[order], starts)

    def near(
        self, color: tuple[int, int, int]
    ) -> tuple[tuple[int, int, int, int], tuple[float, float, float]] | None:
        """Return the box (top, left, bottom, right) and mean own colour of what was drawn within 4 levels of
        a colour; the published bounds are bytes, so that of 254 and more nothing is found."""
        wanted = np.array(color)
        low, high = (wanted - _NEAR) % 256, (wanted + _NEAR) % 256
        chosen = ((low <= self._colors) & (self._colors <= high)).all(axis=1)
        if not chosen.any():
            return None
        top, left = self._low[chosen].min(axis=0)
        bottom, right = self._high[chosen].max(axis=0)
        red, green, blue = self._sums[chosen].sum(axis=0) // self._counts[chosen].sum()
        return (int(top), int(left), int(bottom), int(right)), (float(red), float(green), float(blue))


def _texts(root: Element) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Yield every text of the body, or of the whole page where it has none, with the colour that it has by
    the style of its elements."""
    waiting: list[tuple[Element | Text, str]] = [(root.first("body") or root, "#000000")]
    while waiting:
        part, color = waiting.pop()
        if isinstance(part, Text):
            text = part.text.strip()
            levels = _levels(color)
            if text and not part.is_markup and levels is not None:
                yield text, levels
        else:
            own = _style_color(part) or color
            waiting += [(child, own) for child in reversed(part.children)]


def _style_color(element: Element) -> str | None:
    styles = [
        style
        for style in element.attributes.get("style", "").split(";")
        if "color" in style and "background-color" not in style
    ]
    if not styles or ":" not in styles[-1]:
        return None
    color = styles[-1].split(":")[1].strip().replace(" !important", "")
    if color.startswith("#"):
        return color
    try:
        levels = (
            tuple(map(int, color[4:-1].split(","))) if color.startswith("rgb") else ImageColor.getrgb(color)
        )
        return "#{:02x}{:02x}{:02x}".format(*levels)
    except (ValueError, IndexError):
        return None


def _levels(color: str) -> tuple[int, int, int] | None:
    digits = color.lstrip("#")
    try:
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    except ValueError:
        return None
    return (red, green, blue) if max(red, green, blue) < 256 and min(red, green, blue) >= 0 else None


def has_body(page: str) -> bool:
    """Whether the page writes its `body`; of another the published evaluator sees no text."""
    return read_page(page).first("body") is not None


def prepared(page: str) -> str:
    """Return an answer as the published evaluator rewrites it before it draws it: cut off where its text
    repeats for the fifth time, wrapped where it has no `html`, and without the elements that stand in it
    more than 50 times."""
    page = page[: _repetition(page)]
    if not re.search(r"<html[^>]*>", page, re.IGNORECASE):
        page = f"<html><body><p>{page}</p></body></html>"
    root = read_page(page)
    _drop_repeated(root)
    return write_page(root)


def is_rewritten(page: str) -> bool:
    """Whether `prepared` changes more than the spelling of the page."""
    return prepared(page) != write_page(read_page(page))


def _drop_repeated(root: Element) -> None:
    """Leave out every element that stands in the page for more than the fiftieth time."""
    forms, counts = _forms(root), dict[int, int]()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        form = forms[id(element)]
        counts[form] = counts.get(form, 0) + 1
        if counts[form] > _MOST_ALIKE_ELEMENTS:
            element.name = _DROPPED
        else:
            waiting += [child for child in reversed(element.children) if isinstance(child, Element)]
    for element in (root, *root.elements()):
        element.children = [
            child for child in element.children if isinstance(child, Text) or child.name != _DROPPED
        ]


def _forms(root: Element) -> dict[int, int]:
    """Return a number for every element: the same for elements of equal markup."""
    numbers: dict[Hashable, int] = {}
    forms: dict[int, int] = {}
    for element in reversed([root, *root.elements()]):
        held = tuple(forms[id(child)] if isinstance(child, Element) else child for child in element.children)
        markup = (element.name, tuple(element.attributes.items()), held)
        forms[id(element)] = numbers.setdefault(markup, len(numbers))
    return forms


def _repetition(page: str) -> int:
    """Return where an answer is cut off: where the first of five pieces of 100 characters begins that are
    alike, or its length. As published, a character of the text counts as the next like it in the markup."""
    text = re.sub("<.*?>", "", page)
    at, places = 0, []
    for character in text[:_MOST_LOOKED_AT]:
        at = page.index(character, at) + 1
        places.append(at - 1)
    start = len(text)
    seen: list[tuple[SequenceMatcher[str], list[int]]] = []
    for begins in range(0, len(places), _CHUNK):
        piece = text[begins : begins + _CHUNK]
        for matcher, starts in seen:
            matcher.set_seq1(piece)
            if matcher.quick_ratio() >= _SIMILAR and matcher.ratio() >= _SIMILAR:
                starts.append(begins)
                first = min(start, starts[0])
                if len(starts) >= _REPEATED and first < len(places):
                    start = min(start, places[first])
                break
        else:
            seen.append((SequenceMatcher(None, "", piece), [begins]))
    return start if start != len(text) else len(page)


def write_blocks(blocks: PageBlocks) -> str:
    """Return the blocks as JSON."""
    return json.dumps(
        {
            "blocks": [_fields(block) for block in blocks.whole],
            "published": None
            if blocks.published == blocks.whole
            else [_fields(block) for block in blocks.published],
        }
    )


def _fields(block: TextBlock) -> list[object]:
    return [block.text, list(block.box), list(block.color)]


def read_blocks(text: str | None) -> PageBlocks | None:
    """Read what `write_blocks` wrote; None where it is none."""
    if not text:
        return None
    fields = json.loads(text)
    if "blocks" not in fields:
        return None
    whole, published = (
        None
        if fields[name] is None
        else tuple(TextBlock(said, tuple(box), tuple(color)) for said, box, color in fields[name])
        for name in ("blocks", "published")
    )
    assert whole is not None
    return PageBlocks(whole, whole if published is None else published)
