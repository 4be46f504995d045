"""Which letters the machine's fonts have, for every program that draws with fontconfig's fonts."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache

from vincicoder.program_output import output_of
from vincicoder.render.fonts import FONT_CONFIGURATION

_LATIN_END = 0x2FF  # every font here has what comes before
_PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFD))
_NOT_DRAWN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"})
_VARIATION_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_ESCAPE = re.compile(r"\\u\{?([0-9a-fA-F]{4,6})\}?|&#x([0-9a-fA-F]{3,6});|&#(\d{3,7});")

SCRIPTS = {
    "Arabic": "\u0627",
    "Armenian": "\u0531",
    "Bengali": "\u0995",
    "Chinese": "\u4e2d",
    "Cyrillic": "\u0416",
    "Devanagari": "\u0905",
    "emoji": "\U0001f680",
    "Ethiopic": "\u1200",
    "Georgian": "\u10d0",
    "Greek": "\u03b1",
    "Gujarati": "\u0a95",
    "Hebrew": "\u05d0",
    "Japanese": "\u3042",
    "Khmer": "\u1780",
    "Korean": "\uac00",
    "Lao": "\u0e81",
    "Myanmar": "\u1000",
    "Sinhala": "\u0d85",
    "Tamil": "\u0b85",
    "Telugu": "\u0c15",
    "Thai": "\u0e01",
    "Tibetan": "\u0f40",
}
"""A letter of each script that documents are commonly written in."""


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first and last code points of what the fonts have; nothing where fontconfig is missing."""
    command = ["fc-list", "--format=%{charset}\\n"]
    environment = {**os.environ, "FONTCONFIG_FILE": str(FONT_CONFIGURATION)}
    output = output_of(command, environment)
    if output is None:
        return (), ()
    pairs = set()
    for part in set(output.printed.split()):
        first, _, last = part.partition("-")
        pairs.add((int(first, 16), int(last or first, 16)))
    merged: list[list[int]] = []
    for begin, end in sorted(pairs):
        if merged and begin <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return tuple(begin for begin, _ in merged), tuple(end for _, end in merged)


def load() -> None:
    """Ask fontconfig now: a confined process cannot."""
    _ranges()


def uncovered(letters: Iterable[str], private: bool = True) -> list[int]:
    """Return the code points of letters that no font here has, in order; none where fonts are unknown.

    `private` says whether the private letters of icon fonts count: not where the document brings a font.
    """
    firsts, lasts = _ranges()
    found = []
    for letter in dict.fromkeys(letters):
        code = ord(letter)
        if not firsts or code <= _LATIN_END or _is_in(code, _VARIATION_SELECTORS):
            continue
        is_private = _is_in(code, _PRIVATE)
        if (is_private and not private) or (not is_private and unicodedata.category(letter) in _NOT_DRAWN):
            continue
        place = bisect_right(firsts, code) - 1
        if place < 0 or code > lasts[place]:
            found.append(code)
    return found


def may_be_rare(code: str) -> bool:
    """Return whether a program's text can hold letters beyond Latin, written out or by number."""
    return not code.isascii() or "\\" in code or "&#" in code


def letters_of_code(code: str) -> list[str]:
    """Return the letters beyond Latin in a program's text, those that are spelled by number too."""
    spelled = (int(short or "0", 16) or int(hexa or "0", 16) or int(number or "0")
               for short, hexa, number in _ESCAPE.findall(code))  # fmt: skip
    return [letter for letter in code if ord(letter) > _LATIN_END] + [
        chr(number) for number in spelled if _LATIN_END < number <= 0x10FFFF
    ]


def scripts_without_font() -> list[str]:
    """Return the names of those of `SCRIPTS` that no font here can write."""
    return [name for name, letter in SCRIPTS.items() if uncovered(letter)]


def _is_in(code: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in ranges)
