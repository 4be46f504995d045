"""External resources of SVG drawings: fonts are removed; anything that would be drawn rejects the sample."""

from __future__ import annotations

import re

from vincicoder.clean.filter import Changed, FilterResult
from vincicoder.sample import Reason, Rejection

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FETCHING = re.compile(
    r"""<(?:\w+:)?(image|use|feImage|script|pattern|linearGradient|radialGradient|tref|textPath|filter)\b"""
    r"""(?:[^>"']|"[^"]*"|'[^']*')*?\s(?:xlink:)?href\s*=\s*["']\s*(?!data:|\#)([^"'\s][^"']*)["']""",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_SHEET = re.compile(r"<\?xml-stylesheet\b.*?\?>", re.DOTALL)
_FONT_FACE = re.compile(r"@font-face\s*\{[^{}]*url\(\s*[\"']?(?!data:|#)[^{}]*\}", re.IGNORECASE)
_IMPORT = re.compile(r"@import\s+(?:url\(\s*)?(?:\"[^\"<]*\"|'[^'<]*'|[^;<\s)]*)[^;<]*;?", re.IGNORECASE)
_URL = re.compile(r"url\(\s*(?:[\"']|&quot;)?\s*(?!data:|#)([^\"')&\s][^\"')]*)", re.IGNORECASE)


def svg_resources(code: str) -> FilterResult:
    """Reject drawings that show a file or an address; drop style sheets and fonts that they name.

    No renderer of drawings fetches anything: the fonts named by a drawing never took part in its picture.
    """
    if "href" not in code and "url(" not in code and "stylesheet" not in code and "@import" not in code:
        return None
    text = _SHEET.sub("", code) if "xml-stylesheet" in code else code
    if "@" in text:
        text = _IMPORT.sub("", _FONT_FACE.sub("", text))
    visible = _COMMENT.sub("", text)
    match = _FETCHING.search(visible)
    if match and not _ADDRESS.match(match[2]):
        return Rejection(Reason.CLEAN_MISSING_FILE, f"<{match[1]}> shows {match[2][:120]}")
    if match:
        return Rejection(Reason.CLEAN_EXTERNAL_RESOURCE, f"<{match[1]}> shows {match[2][:120]}")
    match = _URL.search(visible)
    if match:
        return Rejection(Reason.CLEAN_EXTERNAL_RESOURCE, f"url({match[1][:120]}) is not in the drawing")
    return None if text == code else Changed(text, "external_resources: style sheets and fonts removed")
