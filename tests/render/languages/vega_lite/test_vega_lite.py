"""Specifications in a warm page of the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.render.drawing import started
from tests.render.library_samples import draw, page_after, refuse
from vincicoder.render.languages.html.renderer import HtmlRenderer
from vincicoder.render.languages.vega_lite.renderer import missing_tools
from vincicoder.render.protocol import PageView

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason="; ".join(missing_tools()))


def bars(**changes: object) -> str:
    """Return a bar chart of three rows as JSON, with some members changed."""
    rows = [{"a": name, "b": value} for name, value in (("x", 3), ("y", 5), ("z", 1))]
    encoding = {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}}
    return json.dumps({"data": {"values": rows}, "mark": "bar", "encoding": encoding, **changes})


@pytest.fixture(scope="module")
def renderer(workspace: Path) -> Iterator[HtmlRenderer]:
    with started(HtmlRenderer(), workspace) as drawer:
        yield drawer


def test_a_chart_is_drawn_in_its_size_and_the_same_twice(renderer: HtmlRenderer) -> None:
    first = draw(renderer, "vega-lite", bars(width=300, height=200, mark={"type": "bar", "color": "#ff0000"}))
    height, width, _ = first.shape
    assert 300 < width < 400 and 200 < height < 300
    assert (first == (255, 0, 0)).all(axis=2).sum() > 20_000
    again = draw(renderer, "vega-lite", bars(width=300, height=200, mark={"type": "bar", "color": "#ff0000"}))
    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("sizes", "least"),
    [
        ({"width": 200, "height": "container"}, (450, 200)),
        ({"width": "container"}, (300, 600)),
        ({"width": "container", "height": "container"}, (450, 600)),
        ({"width": 200, "height": "container", "autosize": {"type": "fit"}}, (450, 200)),
    ],
)
def test_a_chart_that_fills_its_container_has_the_containers_size(
    renderer: HtmlRenderer, sizes: dict[str, object], least: tuple[int, int]
) -> None:
    mark = {"type": "bar", "color": "#ff0000"}
    drawn = draw(renderer, "vega-lite", bars(mark=mark, **sizes))
    assert all(least[side] <= drawn.shape[side] < least[side] + 200 for side in (0, 1)), drawn.shape
    tall = (drawn == (255, 0, 0)).all(axis=2).any(axis=1).sum()
    assert tall > 0.6 * least[0], tall  # the tallest bar


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ('{"mark": "bar",}', "render.error", "JSON"),
        (bars(mark="beam"), "render.error", "reading 'filled'"),
        (bars(transform=[{"filter": "datum.b >"}]), "render.error", "Unexpected end of input"),
        (bars(data={"url": "data/cars.json"}), "render.missing_dependency", "put the rows into data.values"),
    ],
)
def test_the_compilers_own_words_tell_what_is_wrong(
    renderer: HtmlRenderer, code: str, reason: str, says: str
) -> None:
    found, detail = refuse(renderer, "vega-lite", code)
    assert found == reason
    assert says in detail


@pytest.mark.parametrize(
    "left",
    [
        bars(config={"background": "#000", "font": "serif", "mark": {"color": "#000"}}),
        bars(params=[{"name": "chosen", "select": "interval"}]),
        bars(transform=[{"calculate": "random()", "as": "b"}]),
        bars(usermeta={"embedOptions": {"theme": "dark"}}),
        bars(mark="beam"),
    ],
)
def test_a_chart_leaves_nothing_to_the_next(renderer: HtmlRenderer, left: str) -> None:
    sampled = bars(transform=[{"calculate": "datum.b + random()", "as": "b"}])
    before = draw(renderer, "vega-lite", sampled)
    page = page_after(renderer, "vega-lite")
    assert "<svg" not in page
    renderer.render_page(left, PageView(library="vega-lite"))
    assert np.array_equal(before, draw(renderer, "vega-lite", sampled))
    assert page_after(renderer, "vega-lite") == page
