"""Molfiles as text (CTfile formats, V2000 and V3000): three lines of header, counts, atoms, bonds."""

from __future__ import annotations

import re

from vincicoder.render.languages.code_head import CodeHead

_COUNTS = re.compile(
    r"^[ \t]{0,2}(\d{1,3})[ \t]{0,2}(\d{1,3})[ \t][^\n]{0,60}(V[23]000)[ \t]*$", re.MULTILINE
)
_END = re.compile(r"^M  END\b", re.MULTILINE)
_HEADER_LINES = 3


def with_header(code: str) -> str:
    """Return the file with three lines before that of the counts: blank ones at its start are easily lost."""
    found = _COUNTS.search(code)
    if found is None:
        return code
    before = code[: found.start()].split("\n")[:-1][-_HEADER_LINES:]
    return "\n".join([*[""] * (_HEADER_LINES - len(before)), *before, code[found.start() :]])


def syntax_error(code: str) -> str | None:
    """Require the line of counts and the end; of V2000 as many lines between as they say."""
    found = _COUNTS.search(code)
    if found is None:
        return "no line of counts that ends in V2000 or V3000"
    end = _END.search(code, found.end())
    if end is None:
        return "no line `M  END`"
    lines = code[found.end() : end.start()].count("\n") - 1
    wanted = int(found[1]) + int(found[2])
    if found[3] == "V2000" and lines < wanted:
        return f"{lines} lines of atoms and bonds; the counts say {wanted}"
    return None


def normal_form(code: str) -> str:
    """Return what stands from the counts to the end: title and program of the header draw nothing."""
    found = _COUNTS.search(code)
    if found is None:
        return code
    end = _END.search(code, found.end())
    lines = code[found.start() : end.end() if end else len(code)].split("\n")
    return "\n".join(line.rstrip() for line in lines)


def recognise(head: CodeHead) -> bool | None:
    """Recognise a file by its counts and its end."""
    return True if _COUNTS.search(head.text[:2_000]) and _END.search(head.code) else None


def chart_type(code: str) -> str:
    """Return `charged`, `stereo`, `ring` or `chain`, the first that applies; `v3000` of the newer form."""
    found = _COUNTS.search(code)
    if found is None or found[3] == "V3000":
        return "v3000"
    atoms, bonds = int(found[1]), int(found[2])
    if re.search(r"^M  CHG", code, re.MULTILINE):
        return "charged"
    lines = code[found.end() :].split("\n")[1 + atoms : 1 + atoms + bonds]
    if any(re.fullmatch(r"[ \d]{9}\s{1,2}[16](?:\s.*)?", line) for line in lines):
        return "stereo"
    return "ring" if bonds >= atoms else "chain"
