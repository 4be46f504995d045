"""R as text: its strings and comments, its brackets, its kinds of charts, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from vincicoder.render.languages.c_like_text import pairing_error
from vincicoder.render.languages.code_head import CodeHead
from vincicoder.sample import DataName

# Raw strings first; an operator between per cents may hold anything. What is never closed takes the rest.
_OPAQUE_TEXT = (
    r"\b[rR](?P<quote>[\"'])(?P<dashes>-*)(?:\((?:.*?\)(?P=dashes)(?P=quote)|.*\Z)"
    r"|\[(?:.*?\](?P=dashes)(?P=quote)|.*\Z)|\{(?:.*?\}(?P=dashes)(?P=quote)|.*\Z))"
    r"|\"(?:[^\"\\]|\\.)*+(?:\"|\\?\Z)|'(?:[^'\\]|\\.)*+(?:'|\\?\Z)|`(?:[^`\\]|\\.)*+(?:`|\\?\Z)"
    r"|%[^%\n]*+%|#[^\n]*+"
)
_OPAQUE = re.compile(_OPAQUE_TEXT, re.DOTALL)
_OPAQUE_OR_BLANKS = re.compile(_OPAQUE_TEXT + r"|\s++", re.DOTALL)
_PAIRS = MappingProxyType({")": "(", "]": "[", "}": "{"})

_LIBRARY = r"(?:suppress\w+\(\s*)?library\(\s*[\"']?[A-Za-z][\w.]*[\"']?\s*\)"
START = re.compile(
    r"(?:#[^\n]*+\s++)*+(?:" + _LIBRARY + r"|[A-Za-z.][\w.]*+[ \t]*+<-[ \t]*+(?:c|data\.frame|function)\()"
)
_LOADS = re.compile(rf"^[ \t]*+{_LIBRARY}", re.MULTILINE)
_ASSIGNS = re.compile(r"^[ \t]*+[A-Za-z.][\w.$]*+(?:\[[^\n\]]*+\]+)?[ \t]*+<-[ \t]*+[^-\s]", re.MULTILINE)
_VECTOR = re.compile(r"(?<![\w.])c\(\s*+(?:[A-Za-z.][\w.]{0,40}+\s*+=\s*+)?[-\d\"'.]")
_DRAWS = re.compile(
    r"^[ \t]*+(?:(?:print\(|[A-Za-z.][\w.]*+[ \t]*+(?:<-|=)[ \t]*+)?(?:ggplot|qplot|xyplot|bwplot)"
    r"|levelplot|wireframe|plot|hist|barplot|boxplot|pie|curve|matplot|pairs|coplot|mosaicplot|stripchart|dotchart|sunflowerplot"
    r"|image|contour|filled\.contour|persp|heatmap|symbols|plot\.new|plot\.window|polygon|lines|par"
    r"|png|jpeg|pdf|svg|ggsave)\(",
    re.MULTILINE,
)
_LAYERS = re.compile(r"(?<![\w.])ggplot\([\s\S]{0,4000}?\+\s*(?:geom|stat)_[a-z]\w*\(")
_OTHERS = re.compile(
    r"^(?:import [\w.]+|from [\w.]+ import\b|def \w+\(|#import|#let|#set"
    r"|const \w+ =|let \w+ =|<\w|\\\w|@start)",
    re.MULTILINE,
)
_READS = re.compile(
    r"(?<![\w.])(?:read\.(?:csv2?|table|delim2?)|read_(?:csv2?|tsv|delim|table|lines|rds|excel)|readRDS|readLines"
    r"|fread|load|source|scan|file|fromJSON)\(\s*+(?:file\s*+=\s*+|input\s*+=\s*+)?(?P<quote>[\"'])"
    r"(?P<path>[^\"'\\\n]{1,250})(?P=quote)"
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first kind of which any name is called. Special kinds come before those they are built with.
_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "3d": _names("persp wireframe cloud scatterplot3d"),
        "polar": _names("coord_polar coord_radial"),
        "heatmap": _names(
            "geom_tile geom_raster heatmap image levelplot pheatmap corrplot geom_bin2d geom_hex"
        ),
        "contour": _names("geom_contour geom_contour_filled geom_density_2d filled.contour contour"),
        "ridges": _names("geom_density_ridges geom_density_ridges_gradient"),
        "box": _names("geom_boxplot geom_violin boxplot bwplot vioplot"),
        "density": _names("geom_density density"),
        "histogram": _names("geom_histogram geom_freqpoly hist histogram"),
        "pie": _names("pie"),
        "bar": _names("geom_bar geom_col barplot barchart"),
        "area": _names("geom_area geom_ribbon polygon"),
        "errorbar": _names("geom_errorbar geom_pointrange geom_linerange"),
        "graph": _names("ggraph graph_from_data_frame plot.igraph"),
        "map": _names("geom_map geom_sf map"),
        "scatter": _names("geom_point geom_jitter geom_count xyplot pairs stripchart"),
        "line": _names(
            "geom_line geom_path geom_step geom_smooth geom_function stat_function curve lines matplot"
        ),
        "plot": _names("plot qplot"),
    }
)
_CALLED = re.compile(r"(?<![\w.])([A-Za-z.][\w.]*+)\(")


def _without_comments(code: str) -> str:
    return map_comments(code, lambda comment: "")


def syntax_error(code: str) -> str | None:
    """Return where brackets do not pair up; the grammar is left to R itself."""
    return pairing_error(code, _OPAQUE, _PAIRS)


def normal_form(code: str) -> str:
    """Return the code without comments; runs of blanks between words become one blank or one line's end."""
    plain = _OPAQUE_OR_BLANKS.sub(_shortened, _without_comments(code))
    return plain.strip()


def _shortened(match: re.Match[str]) -> str:
    found = match[0]
    return found if not found.isspace() else "\n" if "\n" in found else " "


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the program with every comment passed through `change`."""
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "#" else match[0], code)


def chart_type(code: str) -> str:
    """Return one word such as `bar`, by the functions that are called; `other` where none is known."""
    called = set(_CALLED.findall(_without_comments(code)))
    return next((kind for kind, names in _KINDS.items() if names & called), "other")


def data_names(code: str) -> Iterator[DataName]:
    """Yield the files that are read by a name written as a text."""
    for found in _READS.finditer(_without_comments(code)):
        yield DataName(found["path"])


def recognise(head: CodeHead) -> bool | None:
    """Recognise a program by a library that it loads or an arrow that assigns, and what draws."""
    text = head.text
    if _OTHERS.search(text):
        return None
    if _LAYERS.search(text):
        return True
    if not _DRAWS.search(text):
        return True if _LOADS.search(text) and _ASSIGNS.search(text) else None
    return True if _LOADS.search(text) or _ASSIGNS.search(text) or _VECTOR.search(text) else None
