"""The `graphviz` package in Python samples: Graphviz draws the last graph as it would draw its text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult
from vincicoder.render.registry import why_unsupported

pytestmark = pytest.mark.skipif(bool(why_unsupported("graphviz")), reason=why_unsupported("graphviz"))

_BODY = "node [style=filled fillcolor=red] a -> b a -> c a -> d"
_GRAPH = (
    "import io, os\nimport graphviz\nfrom PIL import Image\n"
    "dot = graphviz.Digraph('G', comment='not { \"here')\ndot.attr('node', style='filled', fillcolor='red')\n"
    "dot.edges(['ab', 'ac', 'ad'])\n"
)
_PLOT = "import matplotlib.pyplot as plt\nplt.imshow(Image.open(io.BytesIO(dot.pipe('png'))))\nplt.show()"
_READ_BACK = "Image.open(io.BytesIO(dot.pipe(format='{}'))).convert('RGB')"


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(), workers=2) as opened:
        yield opened


def render(engine: RenderEngine, code: str, language: str = "python") -> RenderResult:
    (result,) = engine.render([RenderRequest("one", language, code)])
    return result


@pytest.fixture(scope="module")
def drawn(engine: RenderEngine) -> dict[str, str | None]:
    """Hashes of what the Graphviz language draws, by layout engine."""
    return {
        layout: render(engine, f"digraph {{ layout={layout} {_BODY} }}", "graphviz").pixels_sha256
        for layout in ("dot", "circo", "neato")
    }


@pytest.mark.parametrize(
    ("ending", "layout"),
    [
        ("dot.render()", "dot"),
        ("dot.render('out/tree', format='png', cleanup=True)\nassert len(os.listdir('out')) == 1", "dot"),
        ("dot.render('tree', view=True, engine='circo')", "circo"),
        ("dot.view()", "dot"),
        ("dot.render(outfile='a.svg')\ndot.node('later')\nassert 'svg' in open('a.svg').read()", "dot"),
        ("path = dot.render('/tmp/tree', format='png')\nImage.open(path).show()", "dot"),
        ("dot.render('/tmp/tree', format='png')\nImage.open('/tmp/tree.png').save('b.png')", "dot"),
        ("dot.render(outfile='/no/such/folder/tree.pdf')", "dot"),
        (f"{_READ_BACK.format('png')}.save('b.png')", "dot"),
        (f"dot.engine = 'neato'\n{_READ_BACK.format('jpeg')}.resize((99, 99)).save('b.png')", "neato"),
        ("open('a.svg', 'w').write(dot.pipe('svg', encoding='utf-8'))", "dot"),
        ("dot.save('a.gv')\ngraphviz.render('neato', 'png', 'a.gv', renderer='cairo')", "neato"),
        ("graphviz.pipe('circo', 'png', dot.source.encode())", "circo"),
        ("graphviz.Source(dot.source, engine='neato').view()", "neato"),
        ("graphviz.Source('// {\\n# {\\n/* { */ ' + dot.source, engine='circo').render()", "circo"),
        ("dot.engine = 'circo'\ndot.attr(layout='neato')\ndot.render()", "neato"),
        ("print(dot.source)", "dot"),
        ("dot.render()\nother = graphviz.Graph()", "dot"),
    ],
)  # fmt: skip
def test_every_form_of_a_graph_is_caught(
    engine: RenderEngine, drawn: dict[str, str | None], ending: str, layout: str
) -> None:
    result = render(engine, _GRAPH + ending)
    assert (result.reason, result.detail) == (None, "")
    assert result.pixels_sha256 == drawn[layout]


@pytest.mark.parametrize(
    ("ending", "reason", "words"),
    [
        ("dot.pipe('plain')", "render.missing_dependency", "'dot -Kdot -Tplain'; of Graphviz only pictures"),
        ("dot.unflatten(stagger=3).render()", "render.missing_dependency", "'unflatten -l 3'"),
        ("dot.render(neato_no_op=2, engine='neato')", "render.missing_dependency", "'dot -Kneato -Tpdf -n2"),
        ("dot.render(engine='none')", "render.error", "unknown engine: 'none'"),
        ("dot.render(format='none')", "render.error", "unknown format: 'none'"),
        ("graphviz.Source('digraph {').render()", "render.error", "syntax error in line 2"),
        ("graphviz.Source('', engine='neato').render()", "render.error", "drew nothing"),
        ("dot.node('a', width='900')\ndot.render()", "render.too_large", "too large"),
        (_PLOT, "render.missing_dependency", "made only after the code has ended"),
    ],
)
def test_what_is_said_of_bad_graphs(engine: RenderEngine, ending: str, reason: str, words: str) -> None:
    result = render(engine, _GRAPH + ending)
    assert result.reason is not None and result.reason.value == reason
    assert words in result.detail


def test_a_figure_drawn_after_the_graph_is_the_picture(engine: RenderEngine) -> None:
    result = render(
        engine, _GRAPH + "dot.render()\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()"
    )
    assert (result.width, result.height) == (640, 480)


def test_where_dot_is_missing_only_graphs_are_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "vincicoder.render.engine.supervisor.why_unsupported", lambda language: f"no {language}"
    )
    with RenderEngine(workers=1) as engine:
        result = render(engine, _GRAPH + "dot.render()")
    assert (result.reason and result.reason.value, result.detail) == ("render.unsupported", "no graphviz")
