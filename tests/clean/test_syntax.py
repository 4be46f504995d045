"""Mermaid, Vega-Lite, Asymptote, LilyPond: what is certainly wrong is told with its place."""

from __future__ import annotations

import pytest

from vincicoder.clean.syntax import syntax_error


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("mermaid", "flowchart TD\n  A --> B"),
        (
            "mermaid",
            "---\ntitle: x\n---\n%%{init: {'theme': 'dark'}}%%\n%% note\nsequenceDiagram\n  A->>B: hi",
        ),
        ("mermaid", "gitGraph:\n  commit"),
        ("mermaid", "stateDiagram-v2\n  [*] --> s"),
        ("vega-lite", '{"data": {"values": [{"a": 1}]}, "mark": "bar"}'),
        ("vega-lite", '{"hconcat": []}'),
        ("asymptote", "draw(\"(}\"); // ]\n/* { */ pair[] z = {(0,0)}; string s = 'a\"{\\'';"),
        ("lilypond", "{ c'4 ^\"}\" % {\n %{ { %} d'2 }"),
    ],
)
def test_good_code_passes(language: str, code: str) -> None:
    assert syntax_error(language, code) is None


@pytest.mark.parametrize(
    ("language", "code", "detail"),
    [
        ("mermaid", "%% only a comment", "no diagram"),
        ("mermaid", "Here is the diagram:\nflowchart TD", "'Here' names no kind"),
        ("vega-lite", '{"mark":\n"bar" "x"}', "line 2: "),
        ("vega-lite", "[" * 100_000, "RecursionError"),
        ("vega-lite", "[1, 2]", "of type list"),
        (
            "vega-lite",
            '{"$schema": "x/schema/vega/v5.json", "marks": []}',
            "that of Vega,",
        ),
        ("vega-lite", '{"data": {"values": []}}', "no view"),
        ("asymptote", "draw((0,0)--(1,1);\n\n", "line 1: ( is never closed"),
        ("asymptote", "a = {\n(1, 2};", "line 2: } closes the ( of line 2"),
        ("lilypond", "{ c'4 }\n}", "line 2: } without {"),
        ("lilypond", "% nothing", "no statement"),
    ],
)
def test_broken_code_is_told_with_its_place(language: str, code: str, detail: str) -> None:
    assert detail in (syntax_error(language, code) or "")
