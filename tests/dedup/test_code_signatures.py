"""What signatures see of a program: not its layout, and in the looser views not its names or numbers."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from vincicoder.dedup.minhash import jaccard, minhash, program_shingles
from vincicoder.dedup.near_code import PERMUTATIONS
from vincicoder.dedup.normal_form import normal_form

CHART = """import matplotlib.pyplot as plt
# sales
values = [3, 1, 4, 1, 5]
plt.bar(range(5), values, color="teal")
plt.title('Sales of 2024')
plt.savefig('a.png')
"""

SAME = {
    "python": (
        CHART,
        CHART.replace("'", '"').replace("# sales\n", "\n\n").replace("(range(5), ", "(\n    range(5),\n  "),
    ),
    "html": ("<p>one <b>two</b></p>", "<!-- note -->\n<p>one\n   <b>two</b></p>\n"),
    "svg": (
        '<svg><rect width="2"/><g></g></svg>',
        '<svg>\n  <rect width="2" />\n<!-- x --><g>\n</g>\n</svg>',
    ),
    "latex": (
        "\\draw (0,0) -- (1,1); a b",
        "\\draw (0,0) -- (1,1);% line\n  a\n   b\n".replace("% line", " % line"),
    ),
    "graphviz": ("digraph { a -> b }", "digraph { // first\n  a -> b /* so */\n}"),
    "asymptote": ("draw((0,0)--(1,1)); dot((0,0));", "draw((0,0)--(1,1)); // line\ndot((0,0));"),
    "mermaid": ("graph TD\n  A-->B", "%% note\ngraph TD  \n\n  A-->B\n"),
    "vega-lite": ('{"mark": "bar"}', '{\n  "mark" : "bar"\n}'),
    "unknown": ("a\nb", "a\r\nb\n"),
}
DIFFERENT = {
    "python": [(CHART, CHART.replace("5]", "6]")), ("if a:\n  b\n  c", "if a:\n  b\nc"), ("'a  b'", "'a b'")],
    "html": [("<pre>a  b</pre>", "<pre>a b</pre>"), ("<b>a</b> <b>c</b>", "<b>a</b><b>c</b>")],
    "svg": [
        (
            '<svg><text xml:space="preserve">a  b</text></svg>',
            '<svg><text xml:space="preserve">a b</text></svg>',
        )
    ],
    "latex": [("a\n\nb", "a\nb"), ("\\verb|a  b|", "\\verb|a b|"), ("5\\% of", "5\\"), ("a%\n\nb", "a b")],
    "graphviz": [('digraph { a [label="x  y"] }', 'digraph { a [label="x y"] }')],
    "mermaid": [("mindmap\n  a\n    b", "mindmap\n  a\n  b"), ("%%{init: {}}%%\ngraph TD", "graph TD")],
    "vega-lite": [('{"data": [1, 2]}', '{"data": [2, 1]}')],
}


@pytest.mark.parametrize("language", SAME)
def test_layout_and_comments_are_not_in_the_normal_form(language: str) -> None:
    one, other = SAME[language]
    assert normal_form(one, language) == normal_form(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"), [(name, *pair) for name, pairs in DIFFERENT.items() for pair in pairs]
)
def test_what_shows_in_the_picture_is_in_the_normal_form(language: str, one: str, other: str) -> None:
    assert normal_form(one, language) != normal_form(other, language)


def similarities(one: str, other: str, language: str = "python") -> tuple[float, float, float]:
    first, second = program_shingles(one, language), program_shingles(other, language)
    return (
        jaccard(first.code, second.code),
        jaccard(first.unnamed, second.unnamed),
        jaccard(first.template, second.template),
    )


def test_each_view_forgets_what_it_must() -> None:
    assert similarities(CHART, SAME["python"][1]) == (1, 1, 1)
    renamed = CHART.replace("values", "sales_by_shop").replace("plt", "pp")
    code, unnamed, _ = similarities(CHART, renamed)
    assert code < 0.7 < 0.99 < unnamed
    other_numbers = (
        CHART.replace("3, 1, 4, 1, 5", "10, 20, 30").replace("teal", "red").replace("2024", "1999")
    )
    code, unnamed, template = similarities(CHART, other_numbers)
    assert max(code, unnamed) < 0.75
    assert template == 1
    other_call = CHART.replace("plt.bar", "plt.plot")
    assert similarities(CHART, other_call)[2] < 0.9


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        (
            "svg",
            '<svg><path d="M1 2L3 4" fill="#fff"/></svg>',
            '<svg><path d="M9 8L7.5 6" fill="#00ff00"/></svg>',
        ),
        ("latex", r"\draw[thick] (0,0) -- (1,2); % a", r"\draw[thick] (5,0) -- (1.5,7);"),
        ("graphviz", 'digraph { a [label="one"]; }', 'digraph { node7 [label="two"]; } // end'),
        ("vega-lite", '{"mark": "bar", "width": 10}', '{"mark": "line", "width": 200}'),
    ],
)
def test_other_numbers_leave_the_template_the_same(language: str, one: str, other: str) -> None:
    code, _, template = similarities(one, other, language)
    assert code < 0.8
    assert template == 1


def test_estimates_are_near_the_truth() -> None:
    generator = np.random.default_rng(4)
    errors = []
    for _ in range(300):
        common = generator.integers(0, 2**64, generator.integers(20, 200), np.uint64)
        own = [generator.integers(0, 2**64, generator.integers(0, 60), np.uint64) for _ in range(2)]
        one, other = (np.unique(np.concatenate([common, part])) for part in own)
        signatures = minhash([one, other])
        errors.append((signatures[0] == signatures[1]).mean() - jaccard(one, other))
    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors) < 0.045  # sqrt(J (1 - J) / 128) is 0.044 at most


def test_programs_without_tokens_have_no_likeness() -> None:
    empty = program_shingles("# nothing\n", "python").code
    assert empty.size == 0
    assert jaccard(empty, empty) == 0
    assert minhash([empty]).tolist() == [[0xFFFF] * PERMUTATIONS]
    assert minhash([]).shape == (0, PERMUTATIONS)
    assert program_shingles("x", "python").code.size == 1


def test_signatures_are_the_same_in_every_process() -> None:
    code = (
        "from vincicoder.dedup.minhash import minhash, program_shingles\n"
        f"shingles = program_shingles({CHART!r}, 'python')\n"
        "print(minhash([shingles.code, shingles.template]).tobytes().hex())"
    )
    results = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "RAYON_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "4"))
    }
    assert len(results) == 1
    # A change of this value means that SIGNATURE_VERSION must change.
    assert results.pop()[:32] == "f7971d674d3b693b568990ca47d1f745"
