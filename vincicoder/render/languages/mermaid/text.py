"""Mermaid as text: its comments, its syntax as far as it is certain, its kinds, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.graphviz.text import GRAPH

_PREFACE = re.compile(r"\A(?:\s+|---\n.{0,4000}?\n---\n|%%[^\n]*\n)+", re.S)
# `%%{init: …}%%` directives, `%% comments` and the YAML front matter may stand before a diagram.
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n.*?\n[ \t]*---[ \t]*\n", re.DOTALL)
_COMMENT = re.compile(r"%%\{.*?\}%%|^[ \t]*%%[^\n]*", re.DOTALL | re.MULTILINE)
_COMMENT_LINE = re.compile(r"^[ \t]*+%%(?!\{)[^\n]*", re.MULTILINE)
_KIND = re.compile(r"\s*+(?:---.*?---\s*+)?(?:%%[^\n]*+\s*+)*+([A-Za-z]+)", re.DOTALL)
# What the detectors of mermaid 12 look for at the start of the text, in lower case.
_DIAGRAMS = tuple(
    [
        "agentflow",
        "architecture",
        "block",
        "c4component",
        "c4container",
        "c4context",
        "c4deployment",
        "c4dynamic",
        "classdiagram",
        "cynefin",
        "erdiagram",
        "eventmodeling",
        "flowchart",
        "gantt",
        "gitgraph",
        "graph",
        "info",
        "ishikawa",
        "journey",
        "kanban",
        "mindmap",
        "packet",
        "pie",
        "quadrantchart",
        "radar",
        "railroad",
        "requirement",
        "sankey",
        "sequencediagram",
        "statediagram",
        "swimlane",
        "timeline",
        "treemap",
        "treeview",
        "usecase",
        "venn",
        "wardley",
        "xychart",
        "zenuml",
    ]
)
# A first word that only a diagram begins with; one that other texts begin with too has its line for itself.
_FIRST_WORD = re.compile(
    r"(?:graph[ \t]+(?:TB|TD|BT|RL|LR)\b|flowchart\b|sequenceDiagram\b|classDiagram\b|stateDiagram\b|"
    r"erDiagram\b|quadrantChart\b|requirementDiagram\b|gitGraph\b|C4(?:Context|Container|Component|Dynamic|"
    r"Deployment)\b|eventmodeling\b|zenuml\b|"
    r"(?:agentflow|architecture|block|cynefin|ishikawa|packet|radar|railroad(?:-abnf|-ebnf|-peg)?|sankey|swimlane|"
    r"treemap|treeView|usecase|venn|wardley|xychart)-beta\b|"
    r"(?:journey|gantt|pie|mindmap|timeline|sankey|xychart|kanban)\b(?![ \t]*[-=.,:(\[])|"
    r"(?:architecture|block|info|ishikawa|packet|requirement|treemap)[ \t]*(?:\r?\n|\Z))"
)


def normal_form(code: str) -> str:
    """Indentation is structure in some of its diagrams; comment lines and trailing blanks are not."""
    lines = (line.rstrip() for line in code.split("\n"))
    return "\n".join(line for line in lines if line and not re.match(r"\s*%%(?!\{)", line))


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the diagram with every comment line passed through `change`."""
    return _COMMENT_LINE.sub(lambda match: change(match[0]), code)


def chart_type(code: str) -> str:
    """Return the word that names the kind of diagram, in lower case; `other` where there is none."""
    word = _KIND.match(code)
    return word[1].lower() if word else "other"


def syntax_error(code: str) -> str | None:
    """Require that the first word names a kind of diagram; its grammar is left to mermaid itself."""
    text = _COMMENT.sub("", _FRONT_MATTER.sub("", code)).lstrip()
    if not text:
        return "no diagram in the code"
    if not text[:40].lower().startswith(_DIAGRAMS):
        return f"{text.split(None, 1)[0][:60]!r} names no kind of Mermaid diagram"
    return None


def recognise(head: CodeHead) -> bool | None:
    """Recognise a diagram by its first word. Graphviz shares a word with it, but has a brace after it."""
    if _FIRST_WORD.match(_PREFACE.sub("", head.text, count=1)) and not GRAPH.match(head.text):
        return True
    return None
