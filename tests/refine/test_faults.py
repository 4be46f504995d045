"""Faults by language: exact edits, the rest to the letter, and code that its parser still takes."""

from __future__ import annotations

import ast
import json
from xml.dom import minidom

import pytest

from tests.refine.programs import MOLECULE, PROGRAMS
from vincicoder.refine.edits import Span, apply_edits, edit
from vincicoder.refine.mutation import find_faults, mutate
from vincicoder.render.registry import LANGUAGES

# (language, kind, what went, what came): one for each way in which a fault is found.
EXACT = [
    ("python", "dropped_series", "ax[0].bar([1, 2, 3], [4, 9, 2], color='red', width=0.5)\n", ""),
    ("python", "wrong_chart_type", "ax[0].bar(", "ax[0].barh("),
    ("python", "wrong_chart_type", "width=0.5", "height=0.5"),
    ("python", "off_by_one", "range(10)", "range(9)"),
    ("python", "lost_legend", "ax[1].legend(loc='upper left')\n", ""),
    ("python", "moved_legend", "loc='upper left'", "loc='lower left'"),
    ("python", "changed_layout", "subplots(1, 2,", "subplots(2, 1,"),
    ("python", "swapped_colors", "color='red', width", "color='blue', width"),
    ("python", "swapped_labels", "set_xlabel('Year')", "set_xlabel('Profit')"),
    ("python", "wrong_keyword", "label='sales'", "labels='sales'"),
    ("python", "missing_import", "import matplotlib.pyplot as plt\n", ""),
    ("html", "lost_rule", ".card { color: red; display: flex; padding: 10px }", ""),
    ("html", "broken_rule", "padding: 10px }", "padding: 10px "),
    ("html", "changed_layout", "display: flex", "display: block"),
    ("html", "dropped_element", "<button>Press</button>", ""),
    ("html", "unclosed_element", "Second words</p>", "Second words"),
    ("svg", "wrong_color", 'fill="red"', 'fill="orange"'),
    ("svg", "wrong_size", 'r="20"', 'r="10"'),
    ("svg", "dropped_element", '  <circle cx="70" cy="70" r="20" fill="blue"/>\n', ""),
    ("latex", "missing_package", "\\usepackage{tikz}\n", ""),
    ("latex", "missing_end", "\\end{tikzpicture}\n", ""),
    ("latex", "missing_semicolon", "(2,2);", "(2,2)"),
    ("latex", "wrong_coordinate", "at (3,1)", "at (1,3)"),
    ("graphviz", "reversed_edge", "b -> c", "c -> b"),
    ("graphviz", "wrong_shape", "shape=box", "shape=ellipse"),
    ("mermaid", "dropped_edge", "  B -->|no| A\n", ""),
    ("mermaid", "changed_layout", "flowchart TD", "flowchart LR"),
    ("vega-lite", "wrong_chart_type", '"mark": "bar"', '"mark": "line"'),
    ("asymptote", "dropped_command", "fill(circle((1,1), 0.5), blue);\n", ""),
    ("lilypond", "wrong_clef", "\\clef treble", "\\clef bass"),
]


@pytest.mark.parametrize(("language", "kind", "gone", "come"), EXACT)
def test_a_fault_changes_what_it_says_and_nothing_else(
    language: str, kind: str, gone: str, come: str
) -> None:
    source = PROGRAMS[language]
    assert gone in source
    made = [
        (found, apply_edits(source, [found])) for found in find_faults(language, source) if found.kind == kind
    ]
    for found, flawed in made:
        if len(found.spans) == 1 and flawed == source.replace(gone, come, 1):
            return
    # Faults of two places (an exchange, a keyword that follows) make this change beside another.
    pairs = [flawed for found, flawed in made if len(found.spans) == 2]
    assert any(come in flawed and flawed.count(gone) < source.count(gone) for flawed in pairs), made


def test_molecules_are_changed_atom_by_atom() -> None:
    made = {apply_edits(MOLECULE, [f]).split("'")[1] for f in find_faults("python", MOLECULE)}
    wrong_atom, single, no_branch, shorter = (
        "CC(=O)Nc1ccccc1",
        "CC(O)Oc1ccccc1",
        "CCOc1ccccc1",
        "C(=O)Oc1ccccc1",
    )
    assert {wrong_atom, single, no_branch, shorter} <= made


def test_every_finder_of_faults_is_tested() -> None:
    assert {name for name in LANGUAGES if LANGUAGES[name].faults} == set(PROGRAMS)


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_faults_stay_inside_the_source_and_tell_what_they_did(language: str) -> None:
    source = PROGRAMS[language]
    found = find_faults(language, source)
    assert len({each.kind for each in found}) >= 4
    for each in found:
        assert all(0 <= span.start <= span.stop <= len(source) for span in each.spans)
        assert 0 < len(each.detail) <= 90 and "\n" not in each.detail
        assert apply_edits(source, [each]) != source


@pytest.mark.parametrize(
    ("language", "parse"), [("python", ast.parse), ("svg", minidom.parseString), ("vega-lite", json.loads)]
)
def test_flawed_code_still_parses(language: str, parse: object) -> None:
    source = PROGRAMS[language]
    for found in find_faults(language, source):
        parse(apply_edits(source, [found]))  # type: ignore[operator]
    for number in range(40):
        flaw = mutate(f"sample-{number}", language, source)
        assert flaw is not None
        parse(flaw.code)  # type: ignore[operator]


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_the_id_decides_and_rounds_try_other_faults(language: str) -> None:
    source = PROGRAMS[language]
    flaws = [mutate(f"sample-{number}", language, source) for number in range(30)]
    assert flaws == [mutate(f"sample-{number}", language, source) for number in range(30)]
    assert len({flaw.code for flaw in flaws if flaw}) >= 8
    counts = [len(flaw.kinds) for flaw in flaws if flaw]
    assert set(counts) == {1, 2, 3}
    assert all(flaw.kinds == tuple(sorted(set(flaw.kinds))) for flaw in flaws if flaw)
    rounds = [mutate("one", language, source, number) for number in range(3)]
    assert len({flaw.code for flaw in rounds if flaw}) == 3


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("python", "def ("),
        ("svg", "<svg><rect"),
        ("vega-lite", '{"mark": '),
        ("graphviz", ""),
        ("cobol", "x"),
    ],
)
def test_code_that_its_parser_refuses_gets_no_flaw(language: str, source: str) -> None:
    assert mutate("one", language, source) is None


def test_edits_may_not_overlap() -> None:
    one, other = edit("a", "a", Span(0, 4)), edit("b", "b", Span(2, 6, "x"))
    with pytest.raises(ValueError, match="overlap at character 2"):
        apply_edits("0123456789", [one, other])
    assert apply_edits("0123456789", [one, edit("b", "b", Span(4, 6, "x"))]) == "x6789"
