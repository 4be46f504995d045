"""Lines that only a notebook understands: magics, shell commands and questions, which draw nothing."""

from __future__ import annotations

import re
import warnings

from vincicoder.clean.filter import Changed, FilterResult
from vincicoder.sample import Reason, Rejection

_MOST_LINES = 300
_NOTEBOOK_LINE = re.compile(r"[ \t]*(?:%{1,2}[A-Za-z]|!|\?{1,2}[\w.]|[\w.]+\?{1,2}[ \t]*$)")
_TIMED = re.compile(r"(?P<indent>[ \t]*)%time[ \t]+(?P<statement>\S.*)")
_CALLED = re.compile(
    r"[ \t]*get_ipython\(\)\.(?:run_line_magic|run_cell_magic|magic|system|getoutput)\([^\n]*\)[ \t]*$",
    re.MULTILINE,
)
_BRINGS_CODE = re.compile(r"[ \t]*%{1,2}(?:run|load|loadpy|macro|recall|rerun)\b")
_PYLAB = "import numpy as np\nimport matplotlib.pyplot as plt\nfrom pylab import *"


def notebook_lines(code: str) -> FilterResult:
    """Remove what a notebook's code has beside Python; reject what fetches code from elsewhere (`%run`)."""
    if not any(mark in code for mark in ("%", "!", "?", "get_ipython")):
        return None
    plain, removed = without_notebook_lines(code)
    if not removed:
        return None
    fetched = next((line for line in removed if _BRINGS_CODE.match(line)), None)
    if fetched is not None:
        return Rejection(Reason.CLEAN_MISSING_FILE, f"takes code from elsewhere: {fetched[:120]}")
    return Changed(plain, f"notebook: {len(removed)} lines removed: {'; '.join(removed)[:200]}")


def without_notebook_lines(code: str) -> tuple[str, list[str]]:
    """Return the code without its notebook lines, and these.

    Only lines go that Python itself refuses, so that text in strings stays. `%time` leaves its statement,
    `%pylab` becomes the imports that it stands for; a block that would be empty gets `pass`. Where Python
    refuses another line too, the rest stays as it is.
    """
    removed = [found[0].strip() for found in _CALLED.finditer(code)]
    lines = (_CALLED.sub("", code) if removed else code).split("\n")
    for _ in range(_MOST_LINES):
        number = _refused_line("\n".join(lines))
        if number is None or not 0 < number <= len(lines) or not _NOTEBOOK_LINE.match(lines[number - 1]):
            break
        line = lines[number - 1]
        removed.append(line.strip())
        lines[number - 1] = _in_place_of(line)
    return "\n".join(lines).lstrip("\n") if removed else code, removed


def _in_place_of(line: str) -> str:
    timed = _TIMED.match(line)
    if timed:
        return timed["indent"] + timed["statement"]
    indent = line[: len(line) - len(line.lstrip())]
    if line.strip().startswith("%pylab"):
        return "\n".join(indent + part for part in _PYLAB.split("\n"))
    return f"{indent}pass" if indent else ""


def _refused_line(code: str) -> int | None:
    """Return the number (from 1) of the line at which Python's compiler stops, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<sample>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
