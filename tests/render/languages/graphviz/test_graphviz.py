"""Graphs through `dot`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vincicoder.render import RenderLimits
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
