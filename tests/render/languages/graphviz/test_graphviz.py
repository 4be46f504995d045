"""Graphs through `dot`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.render.languages.graphviz.renderer import GraphvizRenderer, missing_tools
from vincicoder.render.protocol import Picture

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason="; ".join(missing_tools()))


def test_a_graph_is_drawn_the_same_twice_and_leaves_nothing(tmp_path: Path) -> None:
    renderer = GraphvizRenderer()
    renderer.start(RenderLimits(), tmp_path)
    first, second = (renderer.render("graph { layout=neato; a -- b; b -- c; c -- a }") for _ in range(2))
    assert isinstance(first, Picture)
    assert isinstance(second, Picture)
    assert np.array_equal(first.pixels, second.pixels)
    assert list(tmp_path.iterdir()) == []


def test_every_graph_of_a_file_is_drawn() -> None:
    one, two = "digraph A { a -> b }", "digraph B { x -> y -> z }"
    codes = {"one": one, "two": two, "both": f"{one}\n{two}", "picture": 'graph { a [image="logo.png"] }'}
    with RenderEngine(RenderLimits(), workers=1) as engine:
        requests = [RenderRequest(name, "graphviz", code) for name, code in codes.items()]
        drawn = {result.request_id: result for result in engine.render(requests)}
    assert drawn["both"].notes == ("pages:2",) and drawn["one"].notes == ()
    assert drawn["both"].height == drawn["one"].height + drawn["two"].height
    assert drawn["picture"].reason == "render.missing_dependency"
    assert 'No or improper image="logo.png"' in drawn["picture"].detail
