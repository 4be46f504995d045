"""The features of SVG and its CSS that librsvg 2.54 omits or draws differently from browsers: data only.

Measured against Chromium, document by document (docs/render-svg.md has the table). A pattern that fits too
much costs time, as the browser draws the document then; one that fits too little costs a wrong picture.
"""

from __future__ import annotations

import re

_URL = r"url\(\s*[\"']?#[^)]*\)"
_ZERO = r"[+-]?0(?:\.0*)?(?:[a-z]+|%)?"
_WIDE = "inherit"


def _neutral(*values: str) -> re.Pattern[str]:
    return re.compile("|".join((_WIDE, *values)), re.IGNORECASE)


ELEMENTS = frozenset(
    {
        *("textPath", "tref", "altGlyph", "canvas", "video", "filter"),
        *("animate", "animateTransform", "animateMotion", "set"),
    }
)
"""Elements that librsvg does not know, draws otherwise or whose end state it does not show."""

NEUTRAL: dict[str, re.Pattern[str]] = {
    "alignment-baseline": _neutral("auto", "baseline", "alphabetic"),
    "all": _neutral(),
    "animation": _neutral("none"),
    "animation-name": _neutral("none"),
    "baseline-shift": _neutral("baseline", _ZERO),
    "clip-path": _neutral("none", _URL),
    "dominant-baseline": _neutral("auto", "alphabetic", "use-script", "no-change", "reset-size"),
    "filter": _neutral("none", _URL),
    "font-feature-settings": _neutral("normal"),
    "font-kerning": _neutral("auto", "normal"),
    "font-size": _neutral(r"[+-]?[\d.].*"),  # keywords stand for other sizes
    "font-size-adjust": _neutral("none"),
    "font-synthesis": _neutral(r"weight\s+style.*"),
    "font-variant": _neutral("normal"),
    "font-variant-caps": _neutral("normal"),
    "font-variation-settings": _neutral("normal"),
    "fr": _neutral(_ZERO),
    "glyph-orientation-vertical": _neutral("auto"),
    "image-rendering": _neutral("auto", "optimizeQuality", "high-quality", "smooth"),
    "mask": _neutral("none", _URL),
    "mask-image": _neutral("none"),
    "mix-blend-mode": _neutral("normal"),
    "offset": _neutral(r"[+-]?[\d.]+(?:e[+-]?\d+)?\s*%?"),
    "offset-path": _neutral("none"),
    "orient": _neutral("auto", "auto-start-reverse", r"[+-]?[\d.]+(?:deg)?"),
    "rx": _neutral(r"[+-]?[\d.].*"),
    "ry": _neutral(r"[+-]?[\d.].*"),
    "shape-rendering": _neutral("auto", "geometricPrecision"),
    "spreadMethod": _neutral("pad", "reflect", "repeat"),
    "stroke-dasharray": _neutral("none", "0", r"(?!.*(?<![\d.])0+(?:\.0*)?(?:[a-z]+|%)?(?:[\s,]|$)).*"),
    "stroke-miterlimit": _neutral(r"[+]?[1-9]\d*(?:\.\d*)?"),
    "text-decoration": _neutral(r"none(?:\s+solid.*)?"),
    "text-decoration-line": _neutral("none"),
    "text-orientation": _neutral("mixed"),
    "text-shadow": _neutral("none"),
    "text-transform": _neutral("none"),
    "transform-box": _neutral("view-box"),
    "transform-origin": _neutral(rf"(?:{_ZERO}|left|top)(?:[\s,]+(?:{_ZERO}|left|top))*"),
    "vector-effect": _neutral("none"),
    "white-space": _neutral("normal", "nowrap"),
    "word-spacing": _neutral("normal", _ZERO),
    "writing-mode": _neutral("lr", "lr-tb", "horizontal-tb"),
}
"""Properties, also as attributes, and the values with which they change nothing."""

NEUTRAL_IN_CSS: dict[str, re.Pattern[str]] = {
    "d": _neutral("none"),
    "rotate": _neutral("none", _ZERO),
    "scale": _neutral("none", "1"),
    "transform": _neutral(
        "none",
        rf"(?:(?:matrix|scale[XY]?)\([^%)]*\)\s*"
        rf"|(?:translate[XY]?|rotate|skew[XY]?)\((?:[\s,]*(?:{_ZERO}|[+-]?[\d.]+(?:e-?\d+)?(?:px|deg)))+\s*\)\s*)+",
    ),
    "translate": _neutral("none", _ZERO),
}
"""Properties that mean something else, or nothing, as attributes."""

ROOT_NEUTRAL: dict[str, re.Pattern[str]] = {
    "background": _neutral("none", "transparent", "white", "#fff", "#ffffff"),
    "background-color": _neutral("transparent", "white", "#fff", "#ffffff"),
    "background-image": _neutral("none"),
}
"""Properties that count on the root element; in a style sheet, anywhere."""

ATTRIBUTES = frozenset({"textLength", "pathLength", "requiredFeatures", "systemLanguage", "transform-origin"})
"""Attributes that librsvg ignores, or takes otherwise."""

VALUE = re.compile(
    r"(?<![\w-])(?P<function>var|env|calc|min|max|clamp|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|attr|"
    r"rotate[3XYZ]\w*|translate[3Z]\w*|scale[3Z]\w*|matrix3d|perspective|image-set|\w+-gradient)\("
    r"|[\d.](?P<unit>rem|ch|ex|ic|lh|rlh|Q|vw|vh|vmin|vmax|vi|vb|[sld]v[wh]|turn)\b"
    r"|^\s*(?P<keyword>initial|unset|revert|revert-layer|Canvas|CanvasText|LinkText|ButtonFace|ButtonText|"
    r"Highlight|HighlightText|GrayText|Window|WindowText|Field|FieldText|AccentColor|Mark|MarkText)\s*$",
    re.IGNORECASE,
)
"""Functions, units and words of values."""

AT_RULE = re.compile(r"@(?!charset\b)([\w-]+)", re.IGNORECASE)
PSEUDO = re.compile(
    r"::?(?!(?:not|first-child|last-child|only-child|first-of-type|last-of-type|only-of-type|root|empty|"
    r"nth-child|nth-last-child|nth-of-type|nth-last-of-type)\b)[\w-]+|:nth-[\w-]+\([^)]*\bof\b|&|\\|\|",
    re.IGNORECASE,
)
"""Parts of selectors with which librsvg drops the whole rule."""

GEOMETRY = frozenset({"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"})
LENGTH = re.compile(
    r"\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*(?:px|pt|pc|cm|mm|in|em|%)?\s*|auto|)", re.IGNORECASE
)
"""Attributes that are lengths, and what such a one is."""

TURNED = re.compile(
    r"\b(?:rotate|skew[XY]?)\(|\bmatrix\(\s*[^\s,]+[\s,]+(?:(?!0(?:\.0*)?[\s,])[^\s,]+|[^\s,]+[\s,]+(?!0(?:\.0*)?[\s,])[^\s,]+)"
)
"""Transforms after which a box is no longer upright."""

LETTERS = re.compile(
    "[\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2600-\u27bf\u2b05-\u2b55\u20e3\ufe0f\U0001f000-\U0001faff]"
    "|(?P<rtl>[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])"
)
"""Letters that fonts may have in colour, which librsvg fills with one; and those that run to the left."""
