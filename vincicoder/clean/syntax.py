"""Syntax checks by a real parser of each language, before anything is run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from xml.etree import ElementTree

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from lxml import html as lxml_html
from lxml.etree import ParserError

from vincicoder.clean.syntax_drawing import (
    asymptote_error,
    lilypond_error,
    mermaid_error,
    vega_lite_error,
)
from vincicoder.sample import Language


def syntax_error(language: str, code: str) -> str | None:
    """Return what is wrong with the code, in one line with its place, or None.

    A language without a checker here is left to its renderer.
    """
    checker = _CHECKERS.get(language)
    return checker(code) if checker else None


def python_error(code: str) -> str | None:
    """Compile-check Python source without running it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return None if tree.body else "no statement in the code"


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


_ENVIRONMENT = re.compile(r"(?<!\\)%[^\n]*|\\(begin|end)\s*\{([^{}]*)\}|\\verb\*?([^a-zA-Z\s]).*?\3")
_VERBATIM = re.compile(r"\\begin\{(verbatim\*?|lstlisting|minted|comment)\}.*?\\end\{\1\}", re.DOTALL)


def latex_error(code: str) -> str | None:
    """Check that every LaTeX environment is closed by its own name, comments left out."""
    text = _VERBATIM.sub("", code)
    opened: list[str] = []
    for match in _ENVIRONMENT.finditer(text):
        kind, name = match.group(1), match.group(2)
        if kind == "begin":
            opened.append(name)
        elif kind == "end":
            if not opened:
                return rf"line {_line(text, match.start())}: \end{{{name}}} without \begin"
            if opened[-1] != name:
                return rf"line {_line(text, match.start())}: \end{{{name}}} closes \begin{{{opened[-1]}}}"
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
