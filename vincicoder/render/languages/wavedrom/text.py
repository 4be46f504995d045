"""WaveDrom as text: an object as JSON or as JavaScript writes it, with signals, a register or a circuit."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.c_like_text import pairing_error
from vincicoder.render.languages.code_head import CodeHead

_OPAQUE = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+(?:\"|$)|'(?:[^'\\\n]|\\.)*+(?:'|$)|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_KIND = re.compile(r"[{,]\s*+[\"']?(signal|assign|reg)[\"']?\s*+:\s*+\[")
_INSIDE = re.compile(
    r"[\"']?\b(?:wave|name|bits|node)[\"']?\s{0,20}:|assign[\"']?\s{0,20}:\s{0,20}\[\s{0,20}\["
)
_BUS = re.compile(r"wave[\"']?\s{0,20}:\s{0,20}[\"'][^\"'\n]{0,200}?[=2-9]")


def syntax_error(code: str) -> str | None:
    """Return where brackets do not pair up."""
    return pairing_error(code, _OPAQUE, _PAIRS)


def normal_form(code: str) -> str:
    """Return the code without blanks at line ends and blank lines."""
    return "\n".join(line.rstrip() for line in code.split("\n") if line.strip())


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the code with every comment passed through `change`."""
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "/" else match[0], code)


def recognise(head: CodeHead) -> bool | None:
    """Recognise a description by its first list and what stands in one."""
    text = head.body()
    if not text.startswith(("{", "({")):
        return None
    return True if _KIND.search(text) and _INSIDE.search(text) else None


def chart_type(code: str) -> str:
    """Return `bus` for signals with values, `timing` for others, `register` or `circuit`."""
    found = _KIND.search(_OPAQUE.sub(lambda match: "" if match[0][0] == "/" else match[0], code))
    kind = found[1] if found else "signal"
    if kind == "signal":
        return "bus" if _BUS.search(code) else "timing"
    return "register" if kind == "reg" else "circuit"
