"""Reading TeX text: environments, balanced braces, comments; and writing a document around a snippet."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

_DRAWING = re.compile(
    r"\\begin\{(tikzpicture|pgfpicture|circuitikz)\}|\\(tikz|pgfpicture|tikzpicture|feynmandiagram)(?![A-Za-z@])"
)

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*$")
_XCOLOR = re.compile(r"\\usepackage\[([^\]]*)\]\{xcolor\}")


def draws(code: str) -> bool:
    """Say whether a snippet holds a picture (TikZ or pgf), not only text, outside of comments."""
    return _DRAWING.search(drop_tex_comments(code)) is not None


def split_argument(text: str, opening: str, closing: str) -> tuple[str, str] | None:
    """Split `text`, which starts with `opening`, at the balanced `closing`: (inside, rest after it).

    Braces protect brackets, a backslash protects the next character. None when it never closes or
    `text` starts otherwise.
    """
    if not text.startswith(opening):
        return None
    braces = depth = 0
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 2
            continue
        if opening != "{" and character in "{}":
            braces += 1 if character == "{" else -1
        elif braces == 0 and character == opening:
            depth += 1
        elif braces == 0 and character == closing:
            depth -= 1
            if depth == 0:
                return text[1:position], text[position + 1 :]
        position += 1
    return None


def split_options(options: str) -> dict[str, str]:
    """Return a key list (`a, b=c, preamble={x,y}`) as a mapping; keys with no value map to ""."""
    parts: list[str] = []
    start = braces = 0
    for position, character in enumerate(options):
        if character == "{":
            braces += 1
        elif character == "}":
            braces -= 1
        elif character == "," and braces == 0:
            parts.append(options[start:position])
            start = position + 1
    parts.append(options[start:])
    result: dict[str, str] = {}
    for part in parts:
        key, _, value = part.partition("=")
        value = value.strip()
        if value.startswith("{") and value.endswith("}"):
            value = value[1:-1].strip()
        if key.strip():
            result[key.strip()] = value
    return result


def environments(text: str, name: str) -> Iterator[str]:
    r"""Yield the bodies (options and all) of `\begin{name}...\end{name}`, in order; no nesting."""
    begin, end = f"\\begin{{{name}}}", f"\\end{{{name}}}"
    position = text.find(begin)
    while position >= 0:
        stop = text.find(end, position)
        if stop < 0:
            return
        yield text[position + len(begin) : stop]
        position = text.find(begin, stop)


def drop_tex_comments(text: str) -> str:
    """Return TeX text without its comments; a comment's `%` stays where it swallows the line's end."""
    lines = []
    for line in text.split("\n"):
        if line.lstrip().startswith("%"):
            continue
        lines.append(_COMMENT.sub(r"\1%", line) if "%" in line else line)
    return "\n".join(lines)


def clean_snippet(text: str) -> str:
    """Return a snippet with its common indentation, outer blank lines and trailing spaces removed."""
    lines = [line.rstrip() for line in text.expandtabs(4).split("\n")]
    return textwrap.dedent("\n".join(lines)).strip("\n")


def write_document(
    snippet: str, preamble: Sequence[str], class_options: str = "border=4pt", tikz: bool = True
) -> str:
    """Return a complete document that shows the snippet alone on a page of its own size."""
    wanted = [line for line in preamble if line.strip() and line.strip() != "\\usepackage{tikz}"]
    # Options of xcolor must come before TikZ loads it.
    colour_options = [match[1] for line in wanted if (match := _XCOLOR.fullmatch(line))]
    lines = [f"\\documentclass[{class_options}]{{standalone}}"]
    if colour_options:
        options = dict.fromkeys(option.strip() for part in colour_options for option in part.split(","))
        lines.append(f"\\usepackage[{','.join(options)}]{{xcolor}}")
    if tikz:
        lines.append("\\usepackage{tikz}")
    lines += [line for line in wanted if not _XCOLOR.fullmatch(line)]
    return "\n".join([*lines, "\\begin{document}", snippet, "\\end{document}", ""])
