"""Notes: which strings travel with a result, and how they come from a sample and a hand-over."""

from __future__ import annotations

import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.render.notes import MAX_NOTES, checked_notes, handed_over_to, merged


def test_notes_are_kept_once_and_in_order() -> None:
    assert checked_notes(["decoded_image", "pages:3", "decoded_image"]) == ("decoded_image", "pages:3")
    assert merged(("b", "a"), ["a", "c:1"]) == ("b", "a", "c:1")
    assert handed_over_to("html") == "handed_over:browser"
    assert handed_over_to("graphviz") == "handed_over:graphviz"


@pytest.mark.parametrize("notes", ["pages", {"a": 1}, [1], ["Bad"], ["a" * 40], ["a:" + "b" * 65], ["a\n"]])
def test_what_no_honest_worker_sends_is_refused(notes: object) -> None:
    with pytest.raises(ValueError, match="allowed is"):
        checked_notes(notes)
    with pytest.raises(ValueError, match="allowed is"):
        checked_notes(["a"] * (MAX_NOTES + 1))


@pytest.mark.tools
def test_a_result_says_who_drew_it() -> None:
    codes = {
        "plain": ("python", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
        "graph": ("python", "import graphviz\ndot = graphviz.Digraph()\ndot.edge('a', 'b')\ndot.render('g')"),
        "figure": ("python", "import plotly.express as px\npx.bar(x=[1, 2], y=[2, 3]).show()"),
        "failing": ("mermaid", "no such diagram"),
    }
    requests = [RenderRequest(name, *code) for name, code in codes.items()]
    with RenderEngine(RenderLimits(), workers=2) as engine:
        notes = {result.request_id: (result.status.value, result.notes) for result in engine.render(requests)}
    assert notes == {
        "plain": ("rendered", ()),
        "graph": ("rendered", ("handed_over:graphviz",)),
        "figure": ("rendered", ("handed_over:browser",)),
        "failing": ("rejected", ("handed_over:browser", "unknown_name:mermaid no")),
    }
