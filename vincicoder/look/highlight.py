"""Code with its words marked, as escaped HTML."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# The lexers are regular expressions and the code is anybody's: more than this stays unmarked.
_MAX_CHARACTERS = 40_000
_LEXERS = {"svg": "xml", "latex": "tex", "vega-lite": "json", "graphviz": "dot", "asymptote": "cpp"}


def highlighted(code: str, language: str) -> Markup:
    """Return the code as HTML for a `<pre>`: classes of Pygments where the language is known to it."""
    lexer = _lexer(language)
    if lexer is None or len(code) > _MAX_CHARACTERS:
        return escape(code)
    return Markup(highlight(code, lexer, HtmlFormatter(nowrap=True)))


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(_LEXERS.get(language, language), stripnl=False)
    except ClassNotFound:
        return None
