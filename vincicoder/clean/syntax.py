"""Syntax checks by a real parser of each language, before anything is run."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from xml.etree import ElementTree

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from lxml import html as lxml_html
from lxml.etree import ParserError

from vincicoder.clean.filter import Filter, FilterResult, each
from vincicoder.clean.syntax_drawing import (
    asymptote_error,
    lilypond_error,
    mermaid_error,
    vega_lite_error,
)
from vincicoder.sample import Language, Reason, Rejection


def syntax_error(language: str, code: str) -> str | None:
    """Return what is wrong with the code, in one line with its place, or None.

    A language without a checker here is left to its renderer.
    """
    checker = _CHECKERS.get(language)
    return checker(code) if checker else None


def syntax_filters() -> tuple[Filter, ...]:
    """Return one filter for each language with a checker here."""
    return tuple(
        Filter("syntax", each(_verdict(find)), frozenset({language})) for language, find in _CHECKERS.items()
    )


def _verdict(find: Callable[[str], str | None]) -> Callable[[str], FilterResult]:
    def check(code: str) -> FilterResult:
        problem = find(code)
        return Rejection(Reason.CLEAN_SYNTAX_ERROR, problem) if problem else None

    return check


_STATEMENT = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)


def python_error(code: str) -> str | None:
    """Compile Python source without running it: what its grammar and its compiler refuse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<sample>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return None if _STATEMENT.search(code) else "no statement in the code"


def svg_error(code: str) -> str | None:
    """Parse SVG as XML with entities and external references refused."""
    try:
        root = defusedxml.ElementTree.fromstring(code.lstrip("\ufeff \t\r\n"))
    except ElementTree.ParseError as error:
        return str(error)
    except DefusedXmlException as error:
        return f"forbidden XML: {error}"
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    if root.tag.rpartition("}")[2].lower() != "svg":
        return f"root element is <{root.tag}>, not <svg>"
    return None


def html_error(code: str) -> str | None:
    """Require at least one real element; browsers mend the rest."""
    if not re.search(r"<[a-zA-Z][^>]*>", code):
        return "no HTML element in the code"
    try:
        lxml_html.document_fromstring(code.encode("utf-8", "replace"))
    except (ParserError, ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    return None


_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
# What may hold anything: comments, listings and \verb. Their text is blanked, line ends kept.
_OPAQUE = re.compile(
    r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|comment|filecontents\*?)\}.*?\\end\{\1\}"
    r"|\\(?:verb\*?|lstinline)([^a-zA-Z\s*]).*?\2"
    r"|(?<!\\)(?:\\\\)*%[^\n]*"
    r"|\\[{}\\%]",
    re.DOTALL,
)
# Code that gives braces or the backslash another meaning can't be judged without running TeX.
_OTHER_BRACES = re.compile(
    r"\\catcode|`\\?[{}]|\\string\s*[{}\\]|\\(?:sh|el)verb|\\Define\w*Verb|\\MakeShortVerb"
)


def latex_error(code: str) -> str | None:
    """Check that braces pair up and that every environment is closed by its own name.

    Environments are looked at in the text of the document alone: definitions before it may hold halves of
    them.
    """
    if _OTHER_BRACES.search(code):
        return None
    text = _OPAQUE.sub(lambda match: "\n" * match[0].count("\n"), code)
    return _brace_error(text) or _environment_error(text)


def _brace_error(text: str) -> str | None:
    depth = 0
    for match in re.finditer(r"[{}]", text):
        depth += 1 if match[0] == "{" else -1
        if depth < 0:
            return f"line {_line(text, match.start())}: }} without {{"
    return f"{depth} {{ never closed" if depth else None


def _environment_error(text: str) -> str | None:
    opened: list[str] = []
    for match in _ENVIRONMENT.finditer(text, max(0, text.find("\\begin{document}"))):
        kind, name = match.groups()
        if kind == "begin":
            opened.append(name)
        elif not opened:
            return rf"line {_line(text, match.start())}: \end{{{name}}} without \begin"
        elif opened[-1] != name:
            return rf"line {_line(text, match.start())}: \end{{{name}}} closes \begin{{{opened[-1]}}}"
        else:
            opened.pop()
    return rf"\begin{{{opened[-1]}}} is never closed" if opened else None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


_CHECKERS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        Language.PYTHON: python_error,
        Language.SVG: svg_error,
        Language.HTML: html_error,
        Language.LATEX: latex_error,
        Language.MERMAID: mermaid_error,
        Language.VEGA_LITE: vega_lite_error,
        Language.ASYMPTOTE: asymptote_error,
        Language.LILYPOND: lilypond_error,
    }
)
