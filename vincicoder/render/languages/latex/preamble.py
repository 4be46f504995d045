r"""The fixed preamble under which snippets without a \documentclass are set. Changing it changes pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence

BORDER_POINTS = 4
"""White space around a snippet, and around a document that is cropped to its content."""

# Loading fadings or shadows, or xcolor with `table`, changes what other pictures look like: these
# are left to the snippets that want them.
_TIKZ_LIBRARIES = (
    "angles,arrows,arrows.meta,automata,backgrounds,bending,calc,chains,decorations.markings,"
    "decorations.pathmorphing,decorations.pathreplacing,decorations.text,fit,graphs,intersections,matrix,"
    "patterns,petri,plotmarks,positioning,quotes,scopes,shapes.arrows,shapes.callouts,shapes.geometric,"
    "shapes.misc,shapes.multipart,shapes.symbols,through,topaths,trees"
)

_PREAMBLE = rf"""\documentclass[border={BORDER_POINTS}pt]{{standalone}}
\usepackage[T1]{{fontenc}}
\usepackage[utf8]{{inputenc}}
\usepackage{{lmodern}}
\usepackage{{amsmath,amssymb,mathtools,bm}}
\usepackage[%s]{{xcolor}}
\usepackage{{array,booktabs,multirow,makecell,tabularx}}
\usepackage{{graphicx}}
\usepackage{{tikz}}
\usetikzlibrary{{{_TIKZ_LIBRARIES}}}
\usepackage{{tikz-cd}}
\usepackage{{pgfplots}}
\pgfplotsset{{compat=1.18}}
"""

_CHINESE = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_COLOURED_TABLE = re.compile(r"\\(?:row|cell|column)colors?\b|\\arrayrulecolor\b")


# Floats have no place in a box: an algorithm stands where it is.
_AFTER = {
    "algorithm": r"\standaloneconfig{float=true}\makeatletter\let\vc@algorithm\algorithm"
    r"\renewcommand\algorithm[1][]{\vc@algorithm[H]}\makeatother"
}

CHINESE = "\\usepackage[fontset=fandol]{ctex}\n"


def snippet_preamble(code: str, packages: Sequence[str] = ()) -> str:
    """Return the preamble for a snippet: one of two, so that both can be kept warm, and further packages."""
    options = "dvipsnames,svgnames,table" if _COLOURED_TABLE.search(code) else "dvipsnames,svgnames"
    chinese = CHINESE if needs_chinese(code) else ""
    return (
        _PREAMBLE % options
        + chinese
        + "".join(f"\\usepackage{{{name}}}{_AFTER.get(name, '')}\n" for name in packages)
    )


def needs_chinese(code: str) -> bool:
    """Return whether a snippet has Chinese, Japanese or Korean letters, which pdflatex cannot set."""
    return not code.isascii() and bool(_CHINESE.search(code))
