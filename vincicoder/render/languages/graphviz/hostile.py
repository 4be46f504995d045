"""Graphs that are too large, or read files."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "digraph { neighbour -> other }"


_SAMPLES = [
    Hostile("empty", "render.error", " "),
    Hostile("syntax_error", "render.error", "digraph { a -> ", "syntax error"),
    Hostile("computes_without_end", "render.timeout", "digraph { a } // @FAULT@ burn ", "CPU time"),
    Hostile("swells", "render.out_of_memory", "digraph { a } // @FAULT@ allocate ", "MB of memory"),
    Hostile("crashes", "render.crashed", "digraph { a } // @FAULT@ die ", "signal 11"),
    Hostile("huge_node", "render.too_large", "graph { a [width=900 height=900] }"),
    Hostile(
        "file_as_picture",
        "render.missing_dependency",
        'graph { a [image="/etc/passwd" label="x"] }',
        'image="/etc/passwd"',
    ),
    Hostile(
        "file_as_style", "rendered", 'graph { stylesheet="file:///etc/passwd"; a [shapefile="@CANARY@"] }'
    ),
    Hostile(
        "file_in_label",
        "render.error",
        "digraph { a [label=<<table><tr><td><img src='/etc/passwd'/></td></tr></table>>] }",
        "/etc/passwd",
    ),
    Hostile(
        "file_in_background",
        "render.missing_dependency",
        'digraph { graph [imagepath="/etc:/proc" fontpath="/etc" _background="I 0 0 9 9 7 -/x/y.png"]'
        ' a [image="passwd"] }',
    ),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
