"""Faults of LaTeX: environments left open, drawing commands lost, coordinates and options mistaken."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.edits import Edit, Span, edit, swapped, whole_line
from vincicoder.refine.latex_tokens import Token, argument_after, matching, tokenize
from vincicoder.refine.words import names, wrong_number, wrong_words

_PATHS = names(r"\draw \fill \filldraw \node \path \shade \shadedraw \clip \addplot \coordinate")
_OTHER_COMMAND = {
    r"\alpha": r"\beta", r"\beta": r"\alpha", r"\theta": r"\phi", r"\phi": r"\psi", r"\omega": r"w",
    r"\sin": r"\cos", r"\cos": r"\sin", r"\leq": "<", r"\geq": ">", r"\le": "<", r"\ge": ">",
    r"\int": r"\sum", r"\sum": r"\prod", r"\infty": r"\propto", r"\partial": r"\delta", r"\subset": r"\in",
    r"\rightarrow": r"\leftarrow", r"\to": r"\leftarrow", r"\pm": "+", r"\times": r"\cdot",
    r"\draw": r"\fill", r"\fill": r"\draw", r"\filldraw": r"\draw", r"\toprule": r"\midrule",
    r"\hline": r"\\", r"\textbf": r"\textit", r"\emph": r"\textbf", r"\hat": r"\bar", r"\vec": r"\hat",
}  # fmt: skip


def latex_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a document."""
    tokens = tokenize(source)
    begin = _body_start(tokens)
    return [
        *_preamble(source, tokens[:begin]),
        *_statements(source, tokens, begin),
        *_options(source, tokens, begin),
        *_coordinates(source, tokens, begin),
        *_commands(source, tokens, begin),
        *_tables(source, tokens, begin),
        *_texts(source, tokens, begin),
    ]


def _body_start(tokens: list[Token]) -> int:
    for index, token in enumerate(tokens):
        if token.text == r"\begin":
            argument = argument_after(tokens, index)
            if argument and _inside(tokens, argument) == "document":
                return argument[1] + 1
    return 0


def _inside(tokens: list[Token], argument: tuple[int, int]) -> str:
    return "".join(token.text for token in tokens[argument[0] + 1 : argument[1]])


def _preamble(source: str, tokens: list[Token]) -> Iterator[Edit]:
    for index, token in enumerate(tokens):
        if token.text in (r"\usepackage", r"\usetikzlibrary", r"\definecolor", r"\pgfplotsset"):
            argument = argument_after(tokens, index)
            if argument:
                stop = tokens[argument[1]].stop
                kind = "missing_package" if "use" in token.text else "lost_setting"
                place = whole_line(source, token.start, stop)
                yield edit(kind, f"left out: {source[token.start : stop]}", Span(*place))


def _statements(source: str, tokens: list[Token], begin: int) -> Iterator[Edit]:
    """Path commands, from the command to the semicolon outside of any braces."""
    found: list[tuple[int, int]] = []
    for index in range(begin, len(tokens)):
        if tokens[index].text in _PATHS:
            stop = _semicolon(tokens, index)
            if stop:
                found.append((tokens[index].start, tokens[stop].stop))
    if len(found) > 1:
        for start, stop in found:
            detail = f"left out: {source[start:stop]}"
            yield edit("dropped_command", detail, Span(*whole_line(source, start, stop)))
    for one, other in pairwise(found):
        if one[1] <= other[0] and source[slice(*one)] != source[slice(*other)]:
            yield swapped("moved_command", "two drawing commands exchanged", source, one, other)
    for start, stop in found[:-1]:
        detail = f"no semicolon after {source[start : start + 40]}"
        yield edit("missing_semicolon", detail, Span(stop - 1, stop))


def _semicolon(tokens: list[Token], index: int) -> int:
    depth = 0
    for position in range(index + 1, len(tokens)):
        token = tokens[position]
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth < 0 or token.text in (r"\begin", r"\end"):
            return 0
        if token.kind == "end" and depth == 0:
            return position
    return 0


def _options(source: str, tokens: list[Token], begin: int) -> Iterator[Edit]:
    for index in range(begin, len(tokens)):
        if (
            tokens[index].kind != "left"
            or not index
            or tokens[index - 1].kind not in ("command", "close", "word", "space")
        ):
            continue
        close = matching(tokens, index)
        if close < 0 or tokens[close].stop - tokens[index].start > 300:
            continue
        start = tokens[index].stop
        parts = _split_options(tokens, index, close)
        for number, (first, last) in enumerate(parts):
            text = source[first:last]
            name, _, value = text.partition("=")
            color = (value or name).strip().split("!")[0]
            if is_color(color) and len(color) > 2:
                at = first + text.rindex(color)
                other = wrong_color(color)
                detail = f"{text.strip()} with {other}"
                yield edit("wrong_color", detail, Span(at, at + len(color), other))
            lead = first - 1 if number else start
            end = last if number or len(parts) == 1 else last + 1
            yield edit("lost_option", f"without the option {text.strip()}", Span(lead, end))


def _split_options(tokens: list[Token], index: int, close: int) -> list[tuple[int, int]]:
    """The places of the options between two brackets, split at commas outside of braces."""
    depth, parts, start = 0, [], tokens[index].stop
    for token in tokens[index + 1 : close]:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.text == "," and depth == 0:
            parts.append((start, token.start))
            start = token.stop
    parts.append((start, tokens[close].start))
    return [part for part in parts if part[1] > part[0]]


def _coordinates(source: str, tokens: list[Token], begin: int) -> Iterator[Edit]:
    """Numbers in `(x,y)` and `(angle:radius)`."""
    for index in range(begin, len(tokens) - 4):
        first, middle, second, after = tokens[index + 1 : index + 5]
        if (
            tokens[index].text != "("
            or first.kind != "number"
            or second.kind != "number"
            or after.text != ")"
        ):
            continue
        if middle.text in (",", ":"):
            point = source[tokens[index].start : after.stop]
            other = wrong_number(second.text)
            yield edit(
                "wrong_coordinate",
                f"{point}: {second.text} became {other}",
                Span(second.start, second.stop, other),
            )
            if first.text != second.text and middle.text == ",":
                places = ((first.start, first.stop), (second.start, second.stop))
                yield swapped("wrong_coordinate", f"{point} with x and y exchanged", source, *places)


def _commands(source: str, tokens: list[Token], begin: int) -> Iterator[Edit]:
    for index in range(begin, len(tokens)):
        token = tokens[index]
        if token.kind == "script" and index + 1 < len(tokens):
            stop = index + 1
            if tokens[stop].kind == "open":
                stop = matching(tokens, stop)
            if stop > 0 and tokens[stop].kind in ("close", "number", "word", "command"):
                end = tokens[stop].stop if tokens[stop].kind != "word" else tokens[stop].start + 1
                yield edit("lost_script", f"left out: {source[token.start : end]}", Span(token.start, end))
        if token.kind != "command":
            continue
        other = _OTHER_COMMAND.get(token.text)
        if other:
            yield edit("wrong_command", f"{token.text} became {other}", Span(token.start, token.stop, other))
        argument = argument_after(tokens, index)
        if token.text == r"\end" and argument and _inside(tokens, argument) != "document":
            stop = tokens[argument[1]].stop
            detail = f"{source[token.start : stop]} left out"
            yield edit("missing_end", detail, Span(*whole_line(source, token.start, stop)))
        if token.text in (r"\frac", r"\tfrac", r"\dfrac") and argument:
            second = argument_after(tokens, argument[1])
            if second:
                places = [(tokens[a].start, tokens[b].stop) for a, b in (argument, second)]
                if source[slice(*places[0])] != source[slice(*places[1])]:
                    yield swapped("swapped_fraction", "numerator and denominator exchanged", source, *places)


def _tables(source: str, tokens: list[Token], begin: int) -> Iterator[Edit]:
    rows = [token for token in tokens[begin:] if token.text in (r"\\", r"\tabularnewline")]
    if not any(token.kind == "align" for token in tokens[begin:]):
        return
    for one, other in pairwise(rows):
        row = source[one.stop : other.stop]
        if "&" in row:
            yield edit("lost_row", f"left out: {row}", Span(one.stop, other.stop))
    for token in tokens[begin:]:
        if token.kind == "align":
            yield edit("lost_cell", "one & left out", Span(token.start, token.stop))


def _texts(source: str, tokens: list[Token], begin: int) -> Iterator[Edit]:
    """Plain words in braces: labels of nodes, cells, titles."""
    for index in range(begin, len(tokens)):
        if tokens[index].kind != "open":
            continue
        close = matching(tokens, index)
        inner = tokens[index + 1 : close] if close > 0 else []
        if not inner or any(token.kind not in ("word", "space") for token in inner):
            continue
        before = tokens[index - 1].text if index else ""
        text = source[inner[0].start : inner[-1].stop]
        other = wrong_words(text)
        if other and before not in (r"\begin", r"\end") and not before.startswith(r"\use"):
            yield edit(
                "wrong_text", f"{text!r} became {other!r}", Span(inner[0].start, inner[-1].stop, other)
            )
