"""Programs through `asy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.render.drawing import started
from vincicoder.render.languages.asymptote.renderer import AsymptoteRenderer, missing_tools
from vincicoder.render.protocol import Picture, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason="; ".join(missing_tools()))


@pytest.fixture(scope="module")
def renderer(workspace: Path) -> Iterator[AsymptoteRenderer]:
    with started(AsymptoteRenderer(), workspace) as drawer:
        yield drawer


def test_a_program_is_drawn_the_same_twice_and_leaves_nothing(
    renderer: AsymptoteRenderer, workspace: Path
) -> None:
    code = 'import graph;\nsize(200, 100, IgnoreAspect);\nfill(unitsquare, red);\nlabel("$x^2$", (0.5, 0.5));'
    first, second = (renderer.render(code) for _ in range(2))
    assert isinstance(first, Picture) and isinstance(second, Picture)
    assert np.array_equal(first.pixels, second.pixels)
    height, width, _ = first.pixels.shape
    assert 1.8 < width / height < 2.2
    red = (first.pixels == (255, 0, 0)).all(axis=2)
    assert 0.7 < red.mean() < 1.0
    assert list((workspace / "sample").iterdir()) == []


def test_a_file_that_the_program_names_itself_is_found(renderer: AsymptoteRenderer) -> None:
    drawing = "size(50);\nfill(unitsquare, blue);\nshipout('own'%s);"
    outcome = renderer.render(drawing.replace("%s", "").replace("'", '"'))
    assert isinstance(outcome, Picture), outcome
    assert (outcome.pixels == (0, 0, 255)).all(axis=2).any()


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ("size(100);\ndraw((0,0)--(1,1);", "render.error", "line 2: syntax error"),
        ("draw(nothing);", "render.error", "line 1: no matching variable 'nothing'"),
        ('label("$\\foo$", (0,0));', "render.error", "Undefined control sequence"),
        ("import nosuch;", "render.missing_dependency", "nosuch is not here"),
        ("real x = 1;", "render.no_output", "drew nothing"),
    ],
)
def test_what_is_wrong_is_told_in_asymptotes_words(
    renderer: AsymptoteRenderer, workspace: Path, code: str, reason: str, says: str
) -> None:
    outcome = renderer.render(code)
    assert isinstance(outcome, Refusal)
    assert outcome.reason.value == reason
    assert says in outcome.detail
    assert list((workspace / "sample").iterdir()) == []
