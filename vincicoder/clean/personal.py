"""Names and addresses of people in comments and metadata are taken out; what is drawn is never touched.

Notices of copyright stay, but for addresses in them: licences ask that they be kept.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable

from vincicoder.clean.filter import Changed, Filter, FilterResult, each
from vincicoder.sample import Language

_NOTE = "personal: names and addresses in comments"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b")
_MADE = r"\b(?:created|written|contributed|modified|made|designed|drawn|coded|adapted|developed)"
_AUTHOR = re.compile(
    r"(?P<label>@authors?\b:?"
    r"|\b(?:authors?|maintainers?|contributors?|credits?)[ \t]*:"
    rf"|{_MADE}[ \t]+by\b:?)"
    r"[ \t]*(?P<name>[^\s<][^\n]*?)(?P<end>[ \t]*(?:-->|\*/|\n|\Z))",
    re.IGNORECASE,
)
_WORTH_A_LOOK = re.compile(
    r"@|\b(?:authors?|maintainers?|contributors?|credits?)\s*:"
    rf"|{_MADE}\s+by\b",
    re.IGNORECASE,
)

_MARKUP_COMMENT = re.compile(r"<!--.*?-->|/\*.*?\*/", re.DOTALL)
_LATEX_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_GRAPHVIZ_COMMENT = re.compile(r"/\*.*?\*/|(?m:^[ \t]*(?://|#)[^\n]*)|(?<=[;{}\s])//[^\n]*", re.DOTALL)
_LISTING = re.compile(r"verbatim|lstlisting|minted|\\verb|\\url|\\href")

_SVG_METADATA = re.compile(
    r"<((?:\w+:)?metadata)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|(?<!/)>.*?</\1\s*>)\s*?\n?", re.DOTALL
)
# Attributes in which drawing programs keep the paths and names of their users' files.
_SVG_PATHS = re.compile(
    r"\s(?:sodipodi:(?:docbase|docname|absref)|inkscape:(?:export-filename|output_extension|output))"
    r"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
_DUNDER = re.compile(
    r"^(__(?:author|email|maintainer|credits|contact)__\s*=\s*)([\"'])[^\"'\n]*\2", re.MULTILINE
)


def redact(comment: str) -> str:
    """Return a comment with people's names behind words like "author", and e-mail addresses, left out."""
    text = _AUTHOR.sub(lambda match: f"{match['label']} [name]{match['end']}", comment)
    return _EMAIL.sub("[e-mail]", text)


def personal_filters() -> tuple[Filter, ...]:
    """Return one filter for each language whose comments can be told here."""
    checks: dict[Language, Callable[[str], FilterResult]] = {
        Language.HTML: _by_pattern(_MARKUP_COMMENT),
        Language.SVG: _svg,
        Language.LATEX: _latex,
        Language.GRAPHVIZ: _by_pattern(_GRAPHVIZ_COMMENT),
        Language.PYTHON: _python,
    }
    return tuple(Filter("personal", each(check), frozenset({language})) for language, check in checks.items())


def _by_pattern(comments: re.Pattern[str]) -> Callable[[str], FilterResult]:
    def check(code: str) -> FilterResult:
        if not _WORTH_A_LOOK.search(code):
            return None
        text = comments.sub(lambda match: redact(match[0]), code)
        return None if text == code else Changed(text, _NOTE)

    return check


_svg_comments = _by_pattern(re.compile(r"<!--.*?-->", re.DOTALL))
_latex_comments = _by_pattern(_LATEX_COMMENT)


def _latex(code: str) -> FilterResult:
    return None if _LISTING.search(code) else _latex_comments(code)


def _svg(code: str) -> FilterResult:
    """Drop `metadata`, which is never drawn and mostly says who drew it, and the paths of users' files."""
    text = code
    if "metadata" in text:
        text = _SVG_METADATA.sub("", text)
    if "sodipodi:" in text or "inkscape:" in text:
        text = _SVG_PATHS.sub("", text)
    redacted = _svg_comments(text)
    if isinstance(redacted, Changed):
        text = redacted.code
    return None if text == code else Changed(text, "personal: metadata, names and addresses in comments")


def _python(code: str) -> FilterResult:
    if not _WORTH_A_LOOK.search(code) and "__author__" not in code:
        return None
    text = _DUNDER.sub(r"\1\2\2", code)
    try:
        comments = [
            token
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        ]
    except (tokenize.TokenError, SyntaxError):
        comments = []
    lines = text.split("\n")
    for token in comments:
        row, column = token.start
        redacted = redact(token.string)
        if redacted != token.string:
            lines[row - 1] = lines[row - 1][:column] + redacted
    text = "\n".join(lines)
    return None if text == code else Changed(text, _NOTE)
