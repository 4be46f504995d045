"""Tells what language a piece of code is written in, from its first lines, where nothing else says so."""

from __future__ import annotations

import re

# Languages are told from the head of the code: enough for any preamble, whatever the length of the rest.
_HEAD_CHARACTERS = 20_000

_PYTHON = re.compile(
    r"^(?:import [A-Za-z_][\w.]*|from [A-Za-z_.][\w.]* import |def \w+\(|class \w+[(:]|@\w+|plt\.\w+\(|"
    r"(?:fig|ax)\w*(?:, *\w+)* *= |if __name__)",
    re.MULTILINE,
)
_LATEX = re.compile(r"\\(?:documentclass|begin\{|usepackage|usetikzlibrary|tikz\b|draw\b|node\b|chemfig\b)")
_MERMAID = re.compile(
    r"(?:graph (?:TB|TD|BT|RL|LR)\b|flowchart\b|sequenceDiagram\b|classDiagram\b|stateDiagram\b|erDiagram\b|"
    r"journey\b|gantt\b|pie\b|quadrantChart\b|requirementDiagram\b|gitGraph\b|C4\w+\b|mindmap\b|timeline\b|"
    r"sankey\b|xychart\b|block-beta\b|packet-beta\b|kanban\b|architecture-beta\b|radar-beta\b)"
)
_GRAPHVIZ = re.compile(r"(?:strict\s+)?(?:di)?graph\b\s*(?:\"[^\"\n]{0,200}\"|[\w.-]{0,200})\s*\{")
_LILYPOND = re.compile(
    r"\\(?:version\s*\"|relative\b|score\b|new\s+(?:Staff|Voice|Score|StaffGroup|PianoStaff|ChordNames))"
)
_ASYMPTOTE = re.compile(
    r"^(?:import (?:graph3?|three|geometry|math|palette|contour|solids|markers|olympiad|cse5|stats)\s*;|"
    r"settings\.\w+|size\(|unitsize\(|usepackage\(|draw\(|pair [A-Za-z_]|path3? [A-Za-z_]|label\(|fill\()",
    re.MULTILINE,
)
_ASYMPTOTE_ONLY = re.compile(
    r"^import \w+\s*;|^(?:pair|path|path3|triple|guide|pen|real) \w+.*;|;\s*$", re.MULTILINE
)
_VEGA = re.compile(
    r'"\$schema"\s*:\s*"[^"]{0,80}vega(?:-lite)?/|"(?:mark|layer|hconcat|vconcat|facet|repeat)"\s*:'
)
_HTML = re.compile(
    r"<(?:!doctype html|html|head|body|div|style|section|header|main|table|nav|p|h[1-6])\b", re.I
)
_SVG = re.compile(
    r"(?:<\?xml[^>]{0,500}>|<!--.{0,4000}?-->|<!doctype svg[^>]{0,2000}>|\s)*<(?:\w+:)?svg\b", re.I | re.S
)
_COMMENTS = re.compile(r"\A(?:\s+|#[^\n]*\n|//[^\n]*\n|%[^\n]*\n|/\*.{0,4000}?\*/|<!--.{0,4000}?-->)+", re.S)
_MERMAID_PREFACE = re.compile(r"\A(?:\s+|---\n.{0,4000}?\n---\n|%%[^\n]*\n)+", re.S)


def guess_language(code: str) -> str | None:
    """Return a `Language` value (as text) or None for what looks like no known language.

    Markup is told by its first tag, Mermaid, Graphviz and Vega-Lite by their first word or key; of the
    rest Python, LaTeX, LilyPond and Asymptote are told by statements that only they have.
    """
    head = code[:_HEAD_CHARACTERS].lstrip("\ufeff \t\r\n")
    if not head:
        return None
    if head.startswith("<"):
        if _SVG.match(head):
            return "svg"
        return "html" if _HTML.search(head) else None
    if head.startswith("{"):
        return "vega-lite" if _VEGA.search(code[:200_000]) else None
    if _MERMAID.match(_MERMAID_PREFACE.sub("", head, count=1)) and not _GRAPHVIZ.match(head):
        return "mermaid"
    body = _COMMENTS.sub("", head, count=1) or head
    if _GRAPHVIZ.match(body):
        return "graphviz"
    if _LILYPOND.search(head) and not _LATEX.search(head):
        return "lilypond"
    if body.startswith("\\") or re.search(r"\\(?:documentclass|begin\{(?:document|tikzpicture)\})", head):
        return "latex" if _LATEX.search(head) else None
    if (
        _ASYMPTOTE.search(head)
        and _ASYMPTOTE_ONLY.search(head)
        and not re.search(r"^(?:from \w|def )", head, re.M)
    ):
        return "asymptote"
    if _PYTHON.search(head):
        return "python"
    return None
