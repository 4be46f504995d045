"""Python as text: its tokens, its comments, its syntax, and how it is recognised."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Callable

from vincicoder import syntax_tree
from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.token_rules import LITERAL, NAME, NUMBER, STRING, TokenRules

START = re.compile(
    r"(?:#[^\n]*+\s++)*+"  # possessive: a blank at a comment's end would else be read in two ways
    r"(?:import\s+[A-Za-z_][\w.]*(?:\s+as\s+\w+)?\s*(?:\n|;|,|\#)"
    r"|from\s+[A-Za-z_][\w.]*\s+import\s+[\w(*])"
)
_MARKS = re.compile(
    r"^(?:import [A-Za-z_][\w.]*|from [A-Za-z_.][\w.]* import |def \w+\(|class \w+[(:]|@\w+|plt\.\w+\(|"
    r"(?:fig|ax)\w*(?:, *\w+)* *= |if __name__)",
    re.MULTILINE,
)
_STATEMENT = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)
_KEYWORDS = frozenset(keyword.kwlist)


def _abstract(token: str) -> str:
    if token[-1] in "\"'" and len(token) > 1:
        return LITERAL
    return NAME if token.isidentifier() and token not in _KEYWORDS else token


TOKENS = TokenRules(
    re.compile(
        r"#[^\n]*"
        r"|[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|" + STRING + r")"
        r"|\.[^\W\d]\w*|[^\W\d]\w*(?:\(|=(?!=))?"  # .attribute, call(, keyword=, name
        r"|0[xX][0-9a-fA-F]+|" + NUMBER + r"|[^\w\s]",
        re.DOTALL,
    ),
    ("#",),
    _abstract,
)


def normal_form(code: str) -> str:
    """Return the syntax tree as text: layout, comments, quotes and redundant brackets are not in it.

    Strings count by the character, docstrings too: a program may draw them. A program that cannot be read
    is its own normal form.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the sample's strings
            return ast.dump(syntax_tree.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code


def syntax_error(code: str) -> str | None:
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


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the code with every comment passed through `change`; code that cannot be read stays."""
    try:
        comments = [
            token
            for token in tokenize.generate_tokens(io.StringIO(code).readline)
            if token.type == tokenize.COMMENT
        ]
    except (tokenize.TokenError, SyntaxError):
        comments = []
    lines = code.split("\n")
    for token in comments:
        row, column = token.start
        changed = change(token.string)
        if changed != token.string:
            lines[row - 1] = lines[row - 1][:column] + changed
    return "\n".join(lines)


def recognise(head: CodeHead) -> bool | None:
    """Recognise Python by statements that only it has."""
    return True if _MARKS.search(head.text) else None
