"""Scores through `lilypond` and Ghostscript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.render.drawing import started
from vincicoder.render.languages.lilypond.renderer import LilypondRenderer, missing_tools
from vincicoder.render.protocol import Picture, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason="; ".join(missing_tools()))


@pytest.fixture(scope="module")
def renderer(workspace: Path) -> Iterator[LilypondRenderer]:
    with started(LilypondRenderer(), workspace) as drawer:
        yield drawer


def test_a_score_is_drawn_the_same_twice_and_leaves_nothing(
    renderer: LilypondRenderer, workspace: Path
) -> None:
    code = '\\relative c\' { \\time 3/4 c4 d e | f2. | \\bar "|." }'
    first, second = (renderer.render(code) for _ in range(2))
    assert isinstance(first, Picture) and isinstance(second, Picture)
    assert np.array_equal(first.pixels, second.pixels)
    dark = (first.pixels < 128).all(axis=2)
    # Five lines of the staff run through most of the width.
    assert (dark.mean(axis=1) > 0.6).sum() >= 5
    assert first.pixels[0].min() == first.pixels[:, 0].min() == 255
    assert not [path for path in workspace.rglob("*") if path.is_file() and path.parent.name == "sample"]


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ("{ c'4\n  d'", "render.error", "line 2: syntax error"),
        ("{ c'4 \\nosuch }", "render.error", "line 1: unknown escaped string: `\\nosuch'"),
        ('\\include "nosuch.ly"\n{ c }', "render.missing_dependency", "nosuch.ly"),
        ("x = 3", "render.no_output", ""),
        ("#(car 1)\n{ c'4 }", "render.error", "line 1: Guile signaled an error"),
        ("{ c'4^\\markup #(car 1) }", "render.error", "line 1: Guile signaled an error"),
        ('#(ly:parser-include-string "x = #(car 1)")\n{ c\'4 }', "render.error", "<included string>, line 1"),
        (f'#(car 1)\n#(display "{"x" * 30_000}" (current-error-port))\n{{ c\'4 }}', "render.error", ""),
    ],
)
def test_what_is_wrong_is_told_in_lilyponds_words(
    renderer: LilypondRenderer, code: str, reason: str, says: str
) -> None:
    outcome = renderer.render(code)
    assert isinstance(outcome, Refusal)
    assert outcome.reason.value == reason
    assert says in outcome.detail, outcome.detail


def test_every_book_and_part_is_drawn(renderer: LilypondRenderer) -> None:
    one, two = "\\score { { c'4 d' e' f' } }", "\\score { { g'4 a' b' c'' } }"
    version = '\\version "2.24.0"\n'
    alone = renderer.render(f"{version}{one}")
    books = renderer.render(f"{version}\\book {{ {one} }}\n\\book {{ {two} }}")
    assert isinstance(alone, Picture) and isinstance(books, Picture)
    assert (alone.notes, books.notes) == ((), ("pages:2",))
    assert books.pixels.shape[0] > 1.8 * alone.pixels.shape[0]


@pytest.mark.parametrize(
    "score",
    [
        "{ c'1 \\pageBreak d'1 }",
        "\\paper { systems-per-page = 1 } { c'1 \\break d'1 }",
    ],
)
def test_breaks_of_pages_are_drawn_one_below_the_other(renderer: LilypondRenderer, score: str) -> None:
    outcome = renderer.render(f'\\version "2.24.0"\n{score}')
    assert isinstance(outcome, Picture), outcome
    assert outcome.notes == ("pages:2",)
    assert outcome.pixels.shape[0] > 200 and outcome.pixels.shape[1] > 300, outcome.pixels.shape
