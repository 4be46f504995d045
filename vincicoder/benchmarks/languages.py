"""The language of an item, where its benchmark has several."""

from __future__ import annotations

import re

from vincicoder.render.registry import ROW_LANGUAGES
from vincicoder.sample import Language

_NAMES = {
    **{name: name for name in ROW_LANGUAGES},
    "vegalite": "vega-lite",
    "tikz": "latex",
}


def language_of(*hints: str | None) -> str:
    """Return the language that a path, a configuration or a column names; else what the code looks like.

    The last of the hints is the code.
    """
    *names, code = hints
    for name in names:
        for word in re.split(r"[/_.:\s]+", (name or "").lower()):
            if word in _NAMES:
                return _NAMES[word]
    head = (code or "").lstrip()[:2_000].lower()
    if head.startswith("<svg") or ("<svg" in head and "<html" not in head):
        return Language.SVG.value
    if head.startswith("<"):
        return Language.HTML.value
    return Language.LATEX.value if "\\" in head and "import " not in head else Language.PYTHON.value
