"""Faults of Mermaid diagrams, which are written a line a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vincicoder.refine.edits import Edit, Span, edit
from vincicoder.refine.words import wrong_number, wrong_words

_LINE = re.compile(r"[^\n]+\n?")
_ARROW = re.compile(r"<?(?:-->>?|->>?|-\.->|==>|--[xo)]|--\|>|\.\.>|---)")
_HEADER = re.compile(r"\s*(graph|flowchart)\s+(TB|TD|LR|RL|BT)\b")
_LABEL = re.compile(
    r'\[\(?"?([^\[\]"()]+)"?\)?\]|\{"?([^{}"]+)"?\}|\|([^|]+)\||"([^"]+)"|:\s+([A-Za-z][^\n:]*)$'
)
_NUMBER = re.compile(r"(?<![\w.#-])\d+(?:\.\d+)?(?![\w.-])")
_FRAME = ("%%", "subgraph", "end", "---", "loop", "alt", "else", "opt", "participant", "section", "state ")
_OTHER_ARROW = {"-->": "-.->", "-.->": "-->", "==>": "-->", "---": "-->", "->>": "-->>", "-->>": "->>"}


def mermaid_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a diagram."""
    lines = [(match.start(), match[0]) for match in _LINE.finditer(source) if match[0].strip()]
    found: list[Edit] = []
    for number, (start, line) in enumerate(lines):
        bare = line.strip()
        header = _HEADER.match(line)
        if header:
            other = "LR" if header[2] != "LR" else "TD"
            place = (start + header.start(2), start + header.end(2))
            found.append(edit("changed_layout", f"{header[2]} became {other}", Span(*place, other)))
        elif number and not bare.startswith(_FRAME):
            found += _line_faults(start, line, bare, len(lines))
    return found


def _line_faults(start: int, line: str, bare: str, lines: int) -> Iterator[Edit]:
    arrow = _ARROW.search(line)
    if lines > 3 and not bare.endswith(("{", "}")):
        kind = "dropped_edge" if arrow else "dropped_line"
        yield edit(kind, f"left out: {bare}", Span(start, start + len(line)))
    if arrow:
        left, right = line[: arrow.start()], line[arrow.end() :]
        other = _OTHER_ARROW.get(arrow[0])
        place = (start + arrow.start(), start + arrow.end())
        if other:
            yield edit("wrong_arrow", f"{bare}: {arrow[0]} became {other}", Span(*place, other))
        if re.fullmatch(r"\s*\w+\s*", left) and re.fullmatch(r"\s*\w+\s*", right):
            indent = left[: len(left) - len(left.lstrip())]
            text = f"{indent}{right.strip()} {arrow[0]} {left.strip()}"
            stop = start + len(line.rstrip("\n"))
            yield edit("reversed_edge", f"{bare} turned round", Span(start, stop, text))
    for label in _LABEL.finditer(line.rstrip("\n")):
        group = next(group for group in range(1, 6) if label.group(group) is not None)
        words = wrong_words(label.group(group).strip())
        if words:
            place = (start + label.start(group), start + label.end(group))
            yield edit("wrong_text", f"{label.group(group)!r} became {words!r}", Span(*place, words))
    for number in _NUMBER.finditer(line) if not arrow else ():
        place = (start + number.start(), start + number.end())
        other = wrong_number(number[0])
        yield edit("wrong_value", f"{bare}: {number[0]} became {other}", Span(*place, other))
