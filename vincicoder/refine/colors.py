"""Colours in source code: telling a colour from other text, and naming a different one."""

from __future__ import annotations

from tinycss2.color4 import parse_color

# One letter colours of matplotlib, with what they mean; CSS does not know them.
_LETTERS = {"r": "b", "b": "g", "g": "r", "c": "m", "m": "y", "y": "c", "k": "r"}

# What a wrong guess at a colour looks like: the neighbour in a palette, never a random value.
_NEIGHBOURS = {
    "red": "orange", "orange": "red", "blue": "green", "green": "blue", "purple": "teal",
    "teal": "purple", "black": "gray", "gray": "black", "grey": "black", "yellow": "orange",
    "pink": "lightblue", "brown": "gray", "cyan": "blue", "magenta": "red", "white": "lightgray",
    "navy": "maroon", "skyblue": "salmon", "salmon": "skyblue", "steelblue": "coral", "coral": "steelblue",
}  # fmt: skip


def is_color(text: str) -> bool:
    """Whether the text names a colour: CSS names and functions, #hex, `tab:` and `C0` of matplotlib."""
    word = text.strip()
    if word in _LETTERS or word.startswith("tab:"):
        return True
    if len(word) == 2 and word[0] == "C" and word[1].isdigit():
        return True
    if not (word.startswith("#") or "(" in word or (word.isalpha() and len(word) > 2)):
        return False
    if word.lower() in ("none", "transparent", "currentcolor", "inherit", "initial"):
        return False
    return parse_color(word) is not None


def wrong_color(text: str) -> str:
    """Return another colour in the same notation. Turns hex channels round; raises ValueError else."""
    word = text.strip()
    if word in _LETTERS:
        return _LETTERS[word]
    if word.lower() in _NEIGHBOURS:
        return _NEIGHBOURS[word.lower()]
    if word.startswith("tab:"):
        return "tab:red" if word != "tab:red" else "tab:blue"
    if len(word) == 2 and word[0] == "C":
        return f"C{(int(word[1]) + 1) % 10}"
    if word.startswith("#"):
        digits = word[1:]
        size = 2 if len(digits) in (6, 8) else 1
        channels = [digits[i : i + size] for i in range(0, 3 * size, size)]
        turned = "".join([channels[1], channels[2], channels[0]])
        if turned == "".join(channels):  # a grey: lighten or darken it
            turned = ("c" if int(channels[0], 16) < 8 * (16 if size == 2 else 1) else "4") * 3 * size
        return f"#{turned}{digits[3 * size :]}"
    if word.lower().startswith(("rgb", "hsl")) or parse_color(word) is None:
        raise ValueError(f"received colour {text!r}; words, hex and matplotlib's names can be changed")
    return "gray" if word.lower() != "gray" else "red"
