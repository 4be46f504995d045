"""Programs as tokens, as the metrics of code compare them."""

from __future__ import annotations

from functools import cache
from typing import Any

from vincicoder.sample import Language

_LEXERS = {
    Language.LATEX: "tex",
    Language.PYTHON: "python",
    Language.HTML: "html",
    Language.SVG: "xml",
    Language.ASYMPTOTE: "asymptote",
    Language.GRAPHVIZ: "graphviz",
    Language.LILYPOND: "lilypond",
    Language.VEGA_LITE: "json",
}
_MOST_CHARACTERS = 50_000  # of a program: models that repeat themselves write megabytes


@cache
def lexer_of(language: str) -> Any:
    """Return the Pygments lexer of a language, or None where there is none for it."""
    from pygments.lexers import get_lexer_by_name

    name = _LEXERS.get(Language(language)) if language in set(Language) else None
    return None if name is None else get_lexer_by_name(name)


def code_tokens(code: str, language: str) -> list[str]:
    """Return the tokens of a program without its comments.

    Texts within TeX are split into words as by Moses; so DeTikZify has it (potamides/DeTikZify@e2c3558
    detikzify/evaluate/crystalbleu.py). Of other languages every token of Pygments is one.
    """
    from pygments.token import Comment

    tokens: list[str] = []
    for kind, text in lexer_of(language).get_tokens(code[:_MOST_CHARACTERS]):
        value = text.strip()
        if not value or (kind is Comment if language == Language.LATEX else kind in Comment):
            continue
        if language == Language.LATEX and _is_prose(kind):
            tokens += _moses().tokenize(value)
        else:
            tokens.append(value)
    return tokens


def _is_prose(kind: Any) -> bool:
    from pygments.token import Name, Text

    return kind is Text or kind is Name.Attribute or kind is Name.Builtin


@cache
def _moses() -> Any:
    from sacremoses import MosesTokenizer

    return MosesTokenizer()
