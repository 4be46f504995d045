"""Gnuplot as text: its comments, its kinds, how it is recognised, and where it draws to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.sample import DataName

# Strings first: a hash in one begins a colour. What is never closed ends with its line.
_OPAQUE = re.compile(r"\"(?:[^\"\\\n]|\\.)*+(?:\"|$)|'(?:[^'\n]|'')*+(?:'|$)|#[^\n]*", re.MULTILINE)
_COMMENT_LINE = re.compile(r"^[ \t]*+#[^\n]*\n?", re.MULTILINE)
_PLOT = re.compile(
    r"^[ \t]*+s?plot[ \t]++(?:\[|[\"'$]|for\b|[-+]?[\w.]+[ \t]*[(*/+^-]|[xt]\b|NaN\b|\\$)", re.MULTILINE
)
_SETTING = re.compile(
    r"^[ \t]*+(?:un)?set[ \t]++(?:term|terminal|output|[xyzc]b?label|[xyz]2?tics|[xyzt]range|title|key|grid|"
    r"style|multiplot|datafile|palette|pm3d|isosamples?|samples|border|boxwidth|arrow|object|logscale|hidden3d|"
    r"view|parametric|polar|size|margins?|format|[xy]data|timefmt|contour|ticslevel|xyplane|origin)\b",
    re.MULTILINE,
)
_OTHERS = re.compile(
    r"^(?:import [\w.]+|from [\w.]+ import\b|def \w+\(|library\(|function\b|\\)", re.MULTILINE
)
_WITH = re.compile(r"\b(?:with|w)[ \t]++(?P<kind>[a-z]\w+)")
_DATA = re.compile(
    r"(?:\b(?:s?plot|stats)|[],])[ \t]*+(?:\\\n[ \t]*+)?(?P<quote>[\"'])(?P<path>[^\"'\n]{1,250})(?P=quote)"
)
_TERMINAL = re.compile(
    r"(?P<before>^|;)[ \t]*+set[ \t]++term(?:i(?:n(?:a(?:l)?)?)?)?[ \t]++(?P<name>[a-z][\w]*)"
    r"(?P<options>(?:[^\\\n;\"']|\\\n|\"[^\"\n]*\"|'[^'\n]*')*+)",
    re.MULTILINE,
)
_OPTION = re.compile(
    r"\b(?:no)?enhanced\b|\bsize\s+[\d.]+\s*(?:in|cm)?\s*,\s*[\d.]+\s*(?:in|cm)?|\bmono(?:chrome)?\b|"
    r"\b(?:font|fname|background)\s+(?:\"[^\"\n]*\"|'[^'\n]*')|\b(?:fontscale|linewidth|lw|dl|dashlength)\s+[\d.]+|"
    r"\btransparent\b|\bcrop\b|\brounded\b|\bbutt\b"
)
_POSTSCRIPT = frozenset(
    {"postscript", "post", "eps", "epslatex", "epscairo", "cairolatex", "tikz", "pslatex"}
)


def syntax_error(code: str) -> str | None:
    """Require a statement; the grammar is left to gnuplot itself."""
    return None if normal_form(code) else "no statement in the code"


def normal_form(code: str) -> str:
    """Return the script without lines of comment and blanks at line ends; blank lines part blocks of data."""
    lines = _COMMENT_LINE.sub("", code).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the script with every comment passed through `change`."""
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "#" else match[0], code)


def chart_type(code: str) -> str:
    """Return how the first plot is drawn, such as `lines`; `surface` or `function` where it does not say."""
    text = map_comments(code, lambda comment: "")
    found = _WITH.search(text)
    if found:
        return found["kind"]
    return "surface" if re.search(r"^\s*+splot\b", text, re.MULTILINE) else "function"


def data_names(code: str) -> Iterator[DataName]:
    """Yield the files whose rows are drawn: texts where a plot or `stats` has its data."""
    for found in _DATA.finditer(map_comments(code, lambda comment: "")):
        yield DataName(found["path"])


def recognise(head: CodeHead) -> bool | None:
    """Recognise a script by a plot, as no other language writes one, and a setting or a way to draw."""
    text = head.text
    if not _OTHERS.search(text) and _PLOT.search(text) and (_SETTING.search(text) or _WITH.search(text)):
        return True
    return None


def on_png(code: str) -> str:
    """Return the script with every terminal that it chooses replaced by that for PNG, of the same size.

    Sizes are pixels; those of `pdfcairo` and its like are inches, as they are written. PostScript's are in
    other units and are left to gnuplot.
    """
    return _TERMINAL.sub(_as_png, code)


def _as_png(match: re.Match[str]) -> str:
    name = match["name"].lower()
    options = " ".join(match["options"].replace("\\\n", " ").split())
    kept = [found[0].strip().replace("fname", "font") for found in _OPTION.finditer(options)]
    if name.startswith(("pdf", *_POSTSCRIPT)):
        kept = [_in_inches(name, option) for option in kept]
    return f"{match['before']}set terminal pngcairo {' '.join(filter(None, kept))}"


def _in_inches(name: str, option: str) -> str:
    if not option.startswith("size") or re.search(r"in|cm", option[4:]):
        return option
    width, height = (float(number) for number in re.findall(r"[\d.]+", option)[:2])
    return f"size {width}in,{height}in" if name.startswith("pdf") and max(width, height) < 50 else ""
