"""Whether two machines draw alike, and how it is said that they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vincicoder.render.agreement import MachineFacts, RendererFacts, differences, machine_facts

HERE = MachineFacts(
    renderers={
        "python": RendererFacts("a1", {"matplotlib": "3.11.2", "fonts": "0a"}),
        "latex": RendererFacts("b1", {"engine": "pdfTeX 3.141592653"}),
        "plantuml": RendererFacts("", {}, "to render 'plantuml' here, install: a JRE"),
    },
    fonts={"/usr/share/fonts/a.ttf": 10, "/usr/share/fonts/b.ttf": 20},
    libraries={"numpy": "2.4.1"},
)


def test_a_machine_draws_like_itself() -> None:
    facts = machine_facts(["svg", "python"])
    assert differences(facts, machine_facts(["svg", "python"])) == []
    assert {"svg", "python"} <= facts.renderers.keys()
    assert all(bool(one.fingerprint) != bool(one.missing) for one in facts.renderers.values())


def test_what_neither_can_draw_is_no_difference() -> None:
    assert differences(HERE, HERE) == []


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"libraries": {"numpy": "2.3.0"}}, "numpy 2.3.0 (here 2.4.1)"),
        (
            {"renderers": {"python": RendererFacts("a2", {"matplotlib": "3.10.9", "fonts": "0a"})}},
            "python: matplotlib 3.10.9 (here 3.11.2)",
        ),
        (
            {"renderers": {"latex": RendererFacts("", {}, "pdflatex is not found: apt-get install texlive")}},
            "latex: cannot be drawn there: pdflatex is not found: apt-get install texlive",
        ),
        (
            {"renderers": {"plantuml": RendererFacts("c1", {})}},
            "plantuml: can be drawn there and not here: to render 'plantuml' here, install: a JRE",
        ),
    ],
)
def test_a_difference_is_named(there: dict[str, dict[str, object]], said: str) -> None:
    changed = replace(HERE, **{name: {**getattr(HERE, name), **values} for name, values in there.items()})
    assert differences(HERE, changed) == [said]


def test_fonts_that_differ_are_named() -> None:
    python = RendererFacts("a2", {"matplotlib": "3.11.2", "fonts": "0b"})
    there = replace(
        HERE,
        renderers={**HERE.renderers, "python": python},
        fonts={"/usr/share/fonts/b.ttf": 21, "/usr/share/fonts/c.ttf": 1},
    )
    assert differences(HERE, there) == [
        "python: fonts 0b (here 0a)",
        "its fonts differ: it lacks: /usr/share/fonts/a.ttf; has more: /usr/share/fonts/c.ttf; "
        "has other files: /usr/share/fonts/b.ttf",
    ]
