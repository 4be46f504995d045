"""Syntax checks of the drawing languages that no Python parser knows: what is wrong for certain."""

from __future__ import annotations

import json
import re

# `%%{init: …}%%` directives, `%% comments` and the YAML front matter may stand before a diagram.
_MERMAID_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n.*?\n[ \t]*---[ \t]*\n", re.DOTALL)
_MERMAID_COMMENT = re.compile(r"%%\{.*?\}%%|^[ \t]*%%[^\n]*", re.DOTALL | re.MULTILINE)
# What the detectors of mermaid 12 look for at the start of the text, in lower case.
_MERMAID_DIAGRAMS = tuple(
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


def mermaid_error(code: str) -> str | None:
    """Require that the first word names a kind of diagram; its grammar is left to mermaid itself."""
    text = _MERMAID_COMMENT.sub("", _MERMAID_FRONT_MATTER.sub("", code)).lstrip()
    if not text:
        return "no diagram in the code"
    if not text[:40].lower().startswith(_MERMAID_DIAGRAMS):
        return f"{text.split(None, 1)[0][:60]!r} names no kind of Mermaid diagram"
    return None


_VEGA_LITE_VIEWS = ("mark", "layer", "concat", "hconcat", "vconcat", "facet", "repeat", "spec")


def vega_lite_error(code: str) -> str | None:
    """Parse the JSON and require one view of Vega-Lite in it."""
    try:
        specification = json.loads(code)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    if not isinstance(specification, dict):
        return f"the JSON is of type {type(specification).__name__}, not an object"
    schema = specification.get("$schema")
    if isinstance(schema, str) and "/vega/" in schema:
        return f"the schema {schema[:100]} is that of Vega, not of Vega-Lite"
    if not any(name in specification for name in _VEGA_LITE_VIEWS):
        return f"no view in the specification: one of {', '.join(_VEGA_LITE_VIEWS)} is needed"
    return None


_ASYMPTOTE_OPAQUE = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\\"|[^\"])*\"|'(?:\\.|[^'\\])*'", re.DOTALL)
_LILYPOND_OPAQUE = re.compile(r"%\{.*?%\}|%[^\n]*|\"(?:\\.|[^\"\\])*\"|#\\[{}]", re.DOTALL)


def asymptote_error(code: str) -> str | None:
    """Check that brackets pair up, strings and comments left out."""
    return _pairing_error(_blanked(_ASYMPTOTE_OPAQUE, code), {")": "(", "]": "[", "}": "{"})


def lilypond_error(code: str) -> str | None:
    """Check that braces pair up, strings and comments left out."""
    return _pairing_error(_blanked(_LILYPOND_OPAQUE, code), {"}": "{"})


def _blanked(opaque: re.Pattern[str], code: str) -> str:
    return opaque.sub(lambda match: "\n" * match[0].count("\n"), code)


def _pairing_error(text: str, pairs: dict[str, str]) -> str | None:
    opened: list[tuple[str, int]] = []
    line = 1
    openers = frozenset(pairs.values())
    for character in text:
        if character == "\n":
            line += 1
        elif character in openers:
            opened.append((character, line))
        elif character in pairs:
            if not opened:
                return f"line {line}: {character} without {pairs[character]}"
            opener, where = opened.pop()
            if opener != pairs[character]:
                return f"line {line}: {character} closes the {opener} of line {where}"
    if opened:
        opener, where = opened[-1]
        return f"line {where}: {opener} is never closed"
    return None if text.strip() else "no statement in the code"
