"""Faults of Asymptote programs and LilyPond scores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.edits import Edit, Span, edit, swapped, whole_line
from vincicoder.refine.words import names, wrong_number, wrong_words

_ASYMPTOTE_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>(?<![\w.])\d*\.?\d+)'
    r"|(?P<word>[A-Za-z_]\w*)|(?P<mark>[(){};,])|(?P<other>.)",
    re.DOTALL,
)
_DRAWS = names("draw fill filldraw label dot clip axes xaxis yaxis arrow unfill import size")
_LILYPOND_TOKEN = re.compile(
    r'(?P<comment>%\{.*?%\}|%[^\n]*)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<command>\\[A-Za-z]+)'
    r"|(?P<bar>\|)|(?P<time>\d+/\d+)|(?P<note>(?<![\w\\-])[a-g](?:is|es|s)?[',]*\d*\.*(?![\w-]))|(?P<other>.)",
    re.DOTALL,
)
_NEXT_NOTE = dict(zip("abcdefg", "bcdefga", strict=True))
_OTHER_COMMAND = {r"\major": r"\minor", r"\minor": r"\major"}
_OTHER_CLEF = {"treble": "bass", "bass": "treble", "alto": "treble", "tenor": "bass"}


def asymptote_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in an Asymptote program."""
    tokens = [match for match in _ASYMPTOTE_TOKEN.finditer(source) if match.lastgroup != "comment"]
    return [*_statements(source, tokens), *_values(source, tokens)]


def _statements(source: str, tokens: list[re.Match[str]]) -> Iterator[Edit]:
    found: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        if token[0] in _DRAWS and token.lastgroup == "word":
            end = next((other for other in tokens[index:] if other[0] == ";"), None)
            if end:
                found.append((token.start(), end.end()))
                text = source[token.start() : end.end()]
                kind = "lost_setting" if token[0] in ("import", "size") else "dropped_command"
                place = whole_line(source, token.start(), end.end())
                yield edit(kind, f"left out: {text}", Span(*place))
                yield edit("missing_semicolon", f"no semicolon after {text}", Span(end.start(), end.end()))
    for one, other in pairwise(found):
        if one[1] <= other[0]:
            yield swapped("moved_command", "two commands exchanged", source, one, other)


def _values(source: str, tokens: list[re.Match[str]]) -> Iterator[Edit]:
    for token in tokens:
        place = token.span()
        if token.lastgroup == "number":
            other = wrong_number(token[0])
            yield edit("wrong_coordinate", f"{token[0]} became {other}", Span(*place, other))
        elif token.lastgroup == "text":
            words = wrong_words(token[0][1:-1])
            if words:
                yield edit("wrong_text", f"{token[0]} became {words!r}", Span(*place, f'"{words}"'))
        elif token.lastgroup == "word" and is_color(token[0]) and len(token[0]) > 2:
            color = wrong_color(token[0])
            yield edit("wrong_color", f"{token[0]} became {color}", Span(*place, color))


def lilypond_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a score."""
    tokens = [
        match for match in _LILYPOND_TOKEN.finditer(source) if match.lastgroup not in ("comment", "other")
    ]
    return [*_notes(tokens), *_music(source, tokens)]


def _notes(tokens: list[re.Match[str]]) -> Iterator[Edit]:
    notes = [token for token in tokens if token.lastgroup == "note" and not _is_key(tokens, token)]
    for token in notes:
        other = _NEXT_NOTE[token[0][0]]
        yield edit("wrong_note", f"{token[0]} became {other}", Span(token.start(), token.start() + 1, other))
        length = re.search(r"\d+", token[0])
        if length:
            place = (token.start() + length.start(), token.start() + length.end())
            duration = "8" if length[0] != "8" else "4"
            yield edit("wrong_duration", f"{token[0]}: {length[0]} became {duration}", Span(*place, duration))
        if len(notes) > 2:
            yield edit("lost_note", f"{token[0]} left out", Span(*token.span()))


def _is_key(tokens: list[re.Match[str]], token: re.Match[str]) -> bool:
    index = tokens.index(token)
    return index > 0 and tokens[index - 1][0] in (r"\key", r"\relative", r"\transpose")


def _music(source: str, tokens: list[re.Match[str]]) -> Iterator[Edit]:
    for one, other in pairwise([token for token in tokens if token.lastgroup == "bar"]):
        yield edit("lost_bar", f"left out: {source[one.end() : other.end()]}", Span(one.end(), other.end()))
    for token in tokens:
        if token.lastgroup == "time":
            time = "3/4" if token[0] != "3/4" else "4/4"
            yield edit("wrong_time", f"{token[0]} became {time}", Span(*token.span(), time))
        elif token[0] in _OTHER_COMMAND:
            mode = _OTHER_COMMAND[token[0]]
            yield edit("wrong_key", f"{token[0]} became {mode}", Span(*token.span(), mode))
        elif token.lastgroup == "text":
            words = wrong_words(token[0][1:-1])
            if words:
                yield edit("wrong_text", f"{token[0]} became {words!r}", Span(*token.span(), f'"{words}"'))
    for match in re.finditer(r'\\clef\s+"?(\w+)"?', source):
        clef = _OTHER_CLEF.get(match[1])
        if clef:
            yield edit("wrong_clef", f"{match[1]} became {clef}", Span(*match.span(1), clef))
