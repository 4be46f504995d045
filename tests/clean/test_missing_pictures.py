"""Diagrams, scores and charts that show a picture file are refused, those that only talk of one are not."""

from __future__ import annotations

import pytest

from vincicoder.clean.missing_pictures import shown_files
from vincicoder.sample import Language, Reason, Rejection


@pytest.mark.parametrize(
    ("language", "code", "reason"),
    [
        ("graphviz", 'digraph { a [image="logo.png", label=""]; }', Reason.CLEAN_MISSING_FILE),
        ("graphviz", "graph { a [image = logo.png] }", Reason.CLEAN_MISSING_FILE),
        (
            "graphviz",
            'digraph { a [label=<<TABLE><TR><TD><IMG SRC="x.svg"/></TD></TR></TABLE>>] }',
            Reason.CLEAN_MISSING_FILE,
        ),
        ("graphviz", 'digraph { a [shapefile="https://x.org/a.png"] }', Reason.CLEAN_EXTERNAL_RESOURCE),
        ("mermaid", "flowchart LR\nA[\"<img src='a.png'/> text\"] --> B", Reason.CLEAN_MISSING_FILE),
        ("mermaid", 'flowchart LR\nA@{ img: "https://x.org/a.png", h: 60 }', Reason.CLEAN_EXTERNAL_RESOURCE),
        ("vega-lite", '{"mark":"image","encoding":{"url":{"value":"a.png"}}}', Reason.CLEAN_MISSING_FILE),
        ("asymptote", 'label(graphic("tree.eps"), (0,0));', Reason.CLEAN_MISSING_FILE),
        ("lilypond", '\\markup { \\epsfile #X #10 #"note.eps" }', Reason.CLEAN_MISSING_FILE),
    ],
)
def test_pictures_from_files_are_refused(language: Language, code: str, reason: Reason) -> None:
    verdict = shown_files(language, code)
    assert isinstance(verdict, Rejection) and verdict.reason is reason


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("graphviz", 'digraph { a [label="docker image=nginx.png"]; // image="x.png"\n b [image=""] }'),
        ("mermaid", "flowchart LR\nA[image: a.png] --> B"),
        ("vega-lite", '{"mark":"image","encoding":{"url":{"value":"data:image/png;base64,AAAA"}}}'),
        ("asymptote", 'label("graphic of tree.eps"); // graphic("x.eps")'),
        ("lilypond", '\\include "english.ly" { c4 % \\epsfile "x.eps"\n }'),
    ],
)
def test_words_about_pictures_are_kept(language: Language, code: str) -> None:
    assert shown_files(language, code) is None
