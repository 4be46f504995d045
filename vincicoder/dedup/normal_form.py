"""The normal form of a program: equal for two programs only when they draw the same picture.

It serves comparison alone and is never run. Rules are per language, and cautious: where layout can
show in the picture (preformatted text, verbatim material), it is kept.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import warnings

from vincicoder import syntax_tree

_COMMENT_MARKUP = re.compile(r"<!--.*?-->", re.DOTALL)
_LAYOUT_MATTERS_MARKUP = re.compile(
    r"<(?:pre|textarea|listing|plaintext|xmp|script|input|option)\b"
    r"|white-space|xml:space|content\s*:|<!\[CDATA\[|<!--\[if",
    re.I,
)
_LAYOUT_MATTERS_TEX = re.compile(r"verb|lstlisting|minted|alltt|catcode|obeyspaces|obeylines|%!|filecontents")
_COMMENT_TEX = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(\n[ \t]*)?")
_C_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|//[^\n]*|/\*.*?\*/|\s+|[^\"/\s]+|.", re.DOTALL)
_LAYOUT_MATTERS_GRAPHVIZ = re.compile(r"<\s*<|=\s*<|^\s*#", re.M)  # HTML-like labels, preprocessor lines


def normal_sha256(code: str, language: str) -> str:
    """Return the sha256 hex digest of the language and the program's normal form."""
    form = f"{language}\0{normal_form(code, language)}"
    return hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()


def normal_form(code: str, language: str) -> str:
    """Return the normal form. A program that cannot be read is its own, but for line ends."""
    code = code.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").strip("\n")
    rule = {
        "python": _python,
        "html": _html,
        "svg": _svg,
        "latex": _latex,
        "graphviz": _graphviz,
        "asymptote": _c_like,
        "mermaid": _mermaid,
        "vega-lite": _json,
    }.get(language)
    return rule(code) if rule else code


def _python(code: str) -> str:
    """The syntax tree: layout, comments, quotes and redundant brackets are not in it.

    Strings count by the character, docstrings too: a program may draw them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the sample's strings
            return ast.dump(syntax_tree.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code


def _html(code: str) -> str:
    if _LAYOUT_MATTERS_MARKUP.search(code):
        return code
    return re.sub(r"\s+", " ", _COMMENT_MARKUP.sub("", code)).strip()


def _svg(code: str) -> str:
    if _LAYOUT_MATTERS_MARKUP.search(code):
        return code
    code = re.sub(r"\s+", " ", _COMMENT_MARKUP.sub("", code)).strip()
    if "<text" not in code and "<foreignObject" not in code:
        code = re.sub(r" ?(/?>) ?", r"\1", code)
    return code


def _latex(code: str) -> str:
    """Comments go with the line end and the indent they swallow; then runs of white space are one space,
    and runs with an empty line in them one empty line."""
    if _LAYOUT_MATTERS_TEX.search(code):
        return code
    code = _COMMENT_TEX.sub(_without_comment, code)
    return re.sub(r"\s+", lambda m: "\n\n" if m.group().count("\n") > 1 else " ", code).strip()


def _without_comment(match: re.Match[str]) -> str:
    """An empty line after a comment still ends the paragraph."""
    follows = match.string[match.end() : match.end() + 1]
    return match.group(1) + ("\n\n" if match.group(2) and follows == "\n" else "")


def _graphviz(code: str) -> str:
    return code if _LAYOUT_MATTERS_GRAPHVIZ.search(code) else _c_like(code)


def _c_like(code: str) -> str:
    """Strings as they are; comments and runs of white space one space."""
    kept: list[str] = []
    for token in _C_TOKEN.findall(code):
        if token.isspace() or token.startswith(("//", "/*")):
            if kept and kept[-1] != " ":
                kept.append(" ")
        else:
            kept.append(token)
    return "".join(kept).strip()


def _mermaid(code: str) -> str:
    """Indentation is structure in some of its diagrams; comment lines and trailing blanks are not."""
    lines = (line.rstrip() for line in code.split("\n"))
    return "\n".join(line for line in lines if line and not re.match(r"\s*%%(?!\{)", line))


def _json(code: str) -> str:
    try:
        return json.dumps(json.loads(code), separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return code
