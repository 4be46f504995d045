"""Small errors in words and numbers, shared by all languages."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"([-+]?)(\d*\.?\d+)(.*)", re.DOTALL)


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def wrong_words(text: str) -> str | None:
    """Return the text as one might misread it, or None where it is too short.

    Two words or more lose the last; a long word loses its middle letters' order.
    """
    words = text.split(" ")
    if len(words) > 1 and len(words[-1]) > 1:
        return " ".join(words[:-1])
    if len(text) >= 5 and text.isalpha():
        middle = len(text) // 2
        other = text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
        return other if other != text else text[:-2]
    return None


def wrong_number(text: str) -> str:
    """Return a number (with its unit, if any) clearly off: double where it is 1 to 4, half elsewhere.

    Raises ValueError where the text does not begin with a number.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"received {text!r}; a number is needed")
    sign, digits, unit = match.groups()
    value = float(digits)
    if value == 0:
        other = 1.0
    elif 1 <= value <= 4:
        other = value * 2
    else:
        other = value / 2
    shown = f"{other:g}" if "." in digits or unit else str(round(other))
    return f"{sign}{shown}{unit}"
