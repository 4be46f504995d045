"""LaTeX as text: its tokens, comments, syntax and kinds of drawing, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.token_rules import NAME, NUMBER, TokenRules
from vincicoder.sample import DataName

START = re.compile(r"(?:%[^\n]*+\s++)*+\\(?:documentclass|documentstyle|usepackage|begin\{document\})")
COMMANDS = re.compile(r"\\(?:documentclass|begin\{|usepackage|usetikzlibrary|tikz\b|draw\b|node\b|chemfig\b)")
_DOCUMENT = re.compile(r"^[ \t]*+\\(?:documentclass|begin\{(?:document|tikzpicture)\})", re.M)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_LISTING = re.compile(r"verbatim|lstlisting|minted|\\verb|\\url|\\href")

_LAYOUT_MATTERS = re.compile(r"verb|lstlisting|minted|alltt|catcode|obeyspaces|obeylines|%!|filecontents")
_COMMENT_WITH_LINE_END = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(\n[ \t]*)?")

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

# A table or file of pgfplots, what pgfplotstable, csvsimple and datatool read.
_DATA = re.compile(
    r"(?:\btable|\bfile|\\pgfplotstable(?:read|typeset)|\\csv(?:reader|autotabular|autobooktabular|loop)"
    r"|\\DTLloaddb)\*?\s*+(?:\[[^][]{0,500}\]\s*+)?(?:\{\w{1,50}\}(?=\{))?\{\s*+(?P<path>[^{}\\\n]{1,250})\}"
)


def _abstract(token: str) -> str:
    return NAME if token.isalpha() else token


TOKENS = TokenRules(
    re.compile(r"(?<!\\)%[^\n]*|\\(?:[A-Za-z@]+\*?|.)|" + NUMBER + r"|[^\W\d_]+|[^\w\s]|_", re.DOTALL),
    ("%",),
    _abstract,
)


def normal_form(code: str) -> str:
    """Comments go with the line end and the indent they swallow; then runs of white space are one space,
    and runs with an empty line in them one empty line."""
    if _LAYOUT_MATTERS.search(code):
        return code
    code = _COMMENT_WITH_LINE_END.sub(_without_comment, code)
    return re.sub(r"\s+", lambda m: "\n\n" if m.group().count("\n") > 1 else " ", code).strip()


def _without_comment(match: re.Match[str]) -> str:
    """An empty line after a comment still ends the paragraph."""
    follows = match.string[match.end() : match.end() + 1]
    return match.group(1) + ("\n\n" if match.group(2) and follows == "\n" else "")


def syntax_error(code: str) -> str | None:
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


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the code with every comment passed through `change`; code with listings or links stays."""
    return code if _LISTING.search(code) else _COMMENT.sub(lambda match: change(match[0]), code)


def data_names(code: str) -> Iterator[DataName]:
    """Yield the files that tables and plots are read from."""
    for found in _DATA.finditer(_COMMENT.sub("", code)):
        yield DataName(found["path"])


def recognise(head: CodeHead) -> bool | None:
    """Recognise LaTeX by its commands. Other code that begins with a backslash is of no known language."""
    if head.body().startswith("\\") or _DOCUMENT.search(head.text):
        return COMMANDS.search(head.text) is not None
    return None


# The first kind of which any mark is in the code.
_KINDS = (
    ("plot", ("\\addplot", "\\begin{axis}")),
    ("circuit", ("circuitikz",)),
    ("graph", ("\\graph", "-- node", "edge")),
    ("drawing", ("tikzpicture", "\\tikz", "\\draw", "pspicture")),
    ("table", ("tabular", "tblr")),
    ("formula", ("\\[", "$", "equation", "align")),
)


def chart_type(code: str) -> str:
    """Return the kind of drawing, or `text`."""
    return next((kind for kind, marks in _KINDS if any(mark in code for mark in marks)), "text")
