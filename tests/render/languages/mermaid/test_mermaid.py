"""Diagrams in a warm page of the browser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.render.drawing import started
from tests.render.library_samples import draw, page_after, refuse
from vincicoder.render import RenderLimits
from vincicoder.render.languages.html.renderer import HtmlRenderer
from vincicoder.render.processes import tree_use
from vincicoder.render.protocol import PageView
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(why_unsupported("mermaid")), reason=why_unsupported("mermaid"))

FLOWCHART = "flowchart LR\n  A[one] --> B(two)\n  style A fill:#ff0000"


@pytest.fixture(scope="module")
def renderer(workspace: Path) -> Iterator[HtmlRenderer]:
    with started(HtmlRenderer(), workspace) as drawer:
        yield drawer


def test_a_diagram_is_drawn_on_white_and_the_same_twice(renderer: HtmlRenderer) -> None:
    first = draw(renderer, "mermaid", FLOWCHART)
    height, width, _ = first.shape
    assert width > 2 * height and height > 40
    assert first[:8].min() == first[-8:].min() == 255
    assert (first == (255, 0, 0)).all(axis=2).sum() > 500
    assert np.array_equal(first, draw(renderer, "mermaid", FLOWCHART))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("flowchart LR\n  A --> B((", "Parse error on line"),
        ("pie\n  a lot", "Parsing failed"),
        ("a picture of a cat", "No diagram type detected"),
    ],
)
def test_the_parsers_own_words_tell_what_is_wrong(renderer: HtmlRenderer, code: str, says: str) -> None:
    reason, detail = refuse(renderer, "mermaid", code)
    assert reason == "render.error"
    assert says in detail


@pytest.mark.parametrize(
    "left",
    [
        '%%{init: {"theme": "forest", "look": "handDrawn", "fontSize": 40}}%%\nflowchart TD\n  A --> B',
        '%%{init: {"themeCSS": "} * { fill: red !important } .x {"}}%%\nflowchart TD\n  A --> B',
        '---\nconfig:\n  flowchart:\n    curve: step\n    htmlLabels: false\n---\nflowchart TD\n  A --> B',
        "flowchart LR\n  A[another] --> B(other)\n  classDef default fill:#000\n  accTitle: left",
        "gantt\n  dateFormat YYYY-MM-DD\n  section s\n  today :a, 2025-01-01, 3d",
        "sequenceDiagram\n  autonumber\n  A->>B: hello",
        "flowchart LR\n  A --> B((",
    ],
)  # fmt: skip
def test_a_diagram_leaves_nothing_to_the_next(renderer: HtmlRenderer, left: str) -> None:
    before = draw(renderer, "mermaid", FLOWCHART)
    page = page_after(renderer, "mermaid")
    assert "<svg" not in page and "<style" not in page
    renderer.render_page(left, PageView(library="mermaid"))
    assert np.array_equal(before, draw(renderer, "mermaid", FLOWCHART))
    assert page_after(renderer, "mermaid") == page


def test_a_page_that_has_drawn_uses_no_cpu(renderer: HtmlRenderer) -> None:
    """Or pages drawn beside it would be charged for what it does."""
    draw(renderer, "mermaid", FLOWCHART)
    assert renderer._browser is not None
    browser = renderer._browser.process_id
    before = tree_use(browser).cpu_seconds
    time.sleep(1.5)
    assert tree_use(browser).cpu_seconds - before < 0.2


def test_closing_leaves_no_file(tmp_path: Path) -> None:
    renderer = HtmlRenderer()
    renderer.start(RenderLimits(), tmp_path)
    draw(renderer, "mermaid", FLOWCHART)
    renderer.close()
    assert list(tmp_path.iterdir()) == []
