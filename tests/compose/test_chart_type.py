"""Kinds of drawing, by the code."""

from __future__ import annotations

import pytest

from vincicoder.compose import chart_type_of


@pytest.mark.parametrize(
    ("language", "code", "kind"),
    [
        ("python", "ax.plot(x)\nax.bar(x, y)", "bar"),
        ("python", "fig.add_subplot(projection='3d').plot_surface(x, y, z)\nplt.plot(x)", "3d"),
        ("python", "go.Figure(go.Pie(values=[1]))", "pie"),
        ("python", "barricade(1)", "other"),
        ("latex", "\\begin{tikzpicture}\\begin{axis}\\end{axis}\\end{tikzpicture}", "plot"),
        ("latex", "\\begin{tikzpicture}\\draw (0,0)--(1,1);\\end{tikzpicture}", "drawing"),
        ("latex", "plain words", "text"),
        ("vega-lite", '{"mark": {"opacity": 1, "type": "area"}}', "area"),
        ("vega-lite", '{"layer": []}', "other"),
        (
            "mermaid",
            "---\ntitle: x\n---\n%% a note \n%% another \nsequenceDiagram\n  a->>b: x",
            "sequencediagram",
        ),
        ("mermaid", "%% \n" * 40, "other"),
        ("graphviz", "digraph { a }", "graphviz"),
        ("cobol", "x", "cobol"),
    ],
)
def test_a_kind_is_one_word(language: str, code: str, kind: str) -> None:
    assert chart_type_of(language, code) == kind
