"""The libraries beyond matplotlib: plotly (drawn by the browser), schemdraw, Indigo, networkx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata

import numpy as np
import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult
from vincicoder.render.engine.engine import fingerprint
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.languages.python import renderer as python
from vincicoder.render.languages.python.capture.deferred import PlotlyFigure, make_page
from vincicoder.render.languages.svg import backends
from vincicoder.render.protocol import PageView
from vincicoder.render.registry import why_unsupported

_BAR = (
    "import io, os\nimport plotly.express as px\nimport plotly.graph_objects as go\nimport plotly.io as pio\n"
    "from PIL import Image\n"
    "fig = go.Figure(go.Bar(x=['a', 'b'], y=[1, 3], marker_color='rgb(255,0,0)'))\n"
)
_CIRCUIT = (
    "import schemdraw\nimport schemdraw.elements as elm\n{begin}"
    "    d += elm.Resistor().label('R1')\n    d += elm.Capacitor().down().label('C1')\n"
)
_WITH = _CIRCUIT.format(begin="with schemdraw.Drawing({}) as d:\n")
_PLAIN = _CIRCUIT.format(begin="d = schemdraw.Drawing()\nif True:\n")
_PHENOL = (
    "from indigo import Indigo\nfrom indigo.renderer import IndigoRenderer\nindigo = Indigo()\n"
    "renderer = IndigoRenderer(indigo)\nmol = indigo.loadMolecule('c1ccccc1O')\n"
    "indigo.setOption('render-image-size', 300, 200)\n"
)

needs_browser = pytest.mark.skipif(bool(why_unsupported("html")), reason=why_unsupported("html"))


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(cpu_seconds=15), workers=2, output="pixels") as opened:
        yield opened


def render(engine: RenderEngine, code: str) -> RenderResult:
    (result,) = engine.render([RenderRequest("one", "python", code)])
    return result


def size(result: RenderResult) -> tuple[int, int]:
    assert result.reason is None, result.detail
    return result.width, result.height


def red_share(result: RenderResult) -> float:
    """Return the share of the bars' pixels in the picture."""
    assert result.pixels is not None, result.detail
    return float((result.pixels == (255, 0, 0)).all(axis=2).mean())


@needs_browser
@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("fig.show()", (700, 500)),
        ("fig.show(renderer='png', width=400, height=300, scale=2)", (800, 600)),
        ("pio.show(fig)", (700, 500)),
        ("fig.write_image('a.png')", (700, 500)),
        ("fig.write_image(file='a.jpg', width=400, height=300)", (400, 300)),
        ("fig.write_image(os.path.join('no', 'such', f'{1}.pdf'), scale=2)", (1400, 1000)),
        ("fig.write_image('/tmp/a.svg')\nfig.data = []", (700, 500)),
        (
            "pio.write_image(fig, 'a.webp', width=300, height=300)\nassert os.path.exists('a.webp')",
            (300, 300),
        ),
        (
            "b = io.BytesIO()\nfig.write_image(b, format='png')\nassert b.getvalue()[1:4] == b'PNG'",
            (700, 500),
        ),
        ("open('a.png', 'wb').write(fig.to_image(format='png', scale=2))", (1400, 1000)),
        ("Image.open(io.BytesIO(fig.to_image('png'))).convert('RGB').save('b.png')", (700, 500)),
        ("fig.write_image('a.jpg')\nImage.open('a.jpg').show()", (700, 500)),
        (
            "assert Image.open(io.BytesIO(pio.to_image(fig, width=300, height=250))).size == (300, 250)",
            (300, 250),
        ),
        ("fig.update_layout(width=640, height=360)\nfig.show()", (640, 360)),
        ("fig.write_html('a.html')\nassert 'plotly' in open('a.html').read()", (700, 500)),
        ("import plotly.offline as off\noff.plot(fig, filename='a.html')", (700, 500)),
        ("from plotly.offline import iplot\niplot([go.Bar(y=[1], marker_color='rgb(255,0,0)')])", (700, 500)),
        ("fig", (700, 500)),
        ("px.bar(x=[1], y=[2], color_discrete_sequence=['rgb(255,0,0)']).show()", (700, 500)),
        ("pio.write_image({'data': fig.data, 'layout': {'height': 300}}, 'a.png')", (700, 300)),
        ("pio.write_images([px.line(y=[1]), fig], ['a.png', 'b.png'])", (700, 500)),
        (
            "import pandas as pd\npd.options.plotting.backend = 'plotly'\n"
            "pd.Series([1, 3]).plot.bar(color_discrete_sequence=['rgb(255,0,0)']).show()",
            (700, 500),
        ),
    ],
)
def test_every_form_of_plotly_is_caught(engine: RenderEngine, ending: str, expected: tuple[int, int]) -> None:
    result = render(engine, _BAR + ending)
    assert size(result) == expected
    assert red_share(result) > 0.05


@needs_browser
def test_a_scene_that_needs_webgl_is_drawn(engine: RenderEngine) -> None:
    code = "import plotly.graph_objects as go\ngo.Figure(go.Surface(z=[[1, 2], [3, 4]])).show()"
    result = render(engine, code)
    assert size(result) == (700, 500)
    assert result.pixels is not None and len(np.unique(result.pixels.reshape(-1, 3), axis=0)) > 500


@needs_browser
@pytest.mark.parametrize(
    ("ending", "reason", "words"),
    [
        ("px.scatter_map(lat=[1], lon=[2]).show()", "render.error", "draws no map on tiles here"),
        ("fig.write_image('a.png', width=90000)", "render.too_large", "90000x500"),
        ("fig.to_image(scale=40)", "render.too_large", "28000x20000"),
        ("fig.to_image(format='eps')", "render.error", "received format 'eps'"),
        ("pio.show('no figure')", "render.error", "received a str"),
        ("fig.write_image('a.png')\nraise ValueError('late')", "render.error", "line 8: raise ValueError"),
        (
            "fig.write_image('a.png')\nimport matplotlib.pyplot as plt\n"
            "plt.imshow(plt.imread('a.png'))\nplt.show()",
            "render.missing_dependency",
            "made only after the code has ended",
        ),
        (
            "part = Image.open(io.BytesIO(fig.to_image()))\nwhole = Image.new('RGB', (800, 600))\n"
            "whole.paste(part)\nwhole.save('a.png')",
            "render.missing_dependency",
            "made only after the code has ended",
        ),
    ],
)
def test_what_is_said_of_bad_plotly(engine: RenderEngine, ending: str, reason: str, words: str) -> None:
    result = render(engine, _BAR + ending)
    assert (result.reason and result.reason.value) == reason
    assert words in result.detail


@needs_browser
def test_plotly_draws_the_same_every_time_and_matplotlib_is_not_disturbed(engine: RenderEngine) -> None:
    codes = [_BAR + "fig.show()", "import matplotlib.pyplot as plt\nplt.bar([1, 2], [3, 4])\nplt.show()"]
    seen: list[set[str | None]] = [set(), set()]
    for result in engine.render(RenderRequest(str(n), "python", codes[n % 2]) for n in range(8)):
        seen[int(result.request_id) % 2].add(result.pixels_sha256)
    assert [len(hashes) for hashes in seen] == [1, 1] and None not in seen[0] | seen[1]


@needs_browser
@pytest.mark.parametrize(
    "text",
    [
        "</script><script>document.body.id = 'drawn'</script>",
        "<!-- <script>",
        '{"data": [], "layout": ',
        "",
    ],
)
def test_a_figure_is_data_to_its_page(engine: RenderEngine, text: str) -> None:
    """Whatever a sample writes where its figure's JSON belongs, it cannot end the script it is in."""
    page = make_page(PlotlyFigure(text, 300, 200, 1))
    assert text == "" or "<" not in page[page.index(">", page.index("json")) + 1 :].partition("</script>")[0]
    (result,) = engine.render([RenderRequest("one", "html", page + "<p>end")])
    assert size(result) == (1280, 720)


@needs_browser
def test_html_in_a_title_runs_nothing(engine: RenderEngine) -> None:
    title = "<img src=x onerror=\\\"document.title=\\'run\\'\\\"><script>document.body.remove()</script>"
    result = render(engine, _BAR + f"fig.update_layout(title='{title}')\nfig.show()")
    assert red_share(result) > 0.05


def test_without_a_browser_plotly_alone_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "vincicoder.render.engine.supervisor.why_unsupported", lambda language: f"no {language}"
    )
    with RenderEngine(workers=1) as engine:
        drawn = render(engine, "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()")
        figure = render(engine, _BAR + "fig.show()")
    assert drawn.reason is None
    assert (figure.reason and figure.reason.value, figure.detail) == ("render.unsupported", "no html")


def test_the_fingerprint_covers_the_language_handed_over_to(monkeypatch: pytest.MonkeyPatch) -> None:
    fingerprint.cache_clear()
    before = fingerprint("python")
    fingerprint.cache_clear()
    another = replace(html.RENDERER, fingerprint=lambda: {"engine": "another browser"})
    monkeypatch.setattr(html, "RENDERER", another)
    after = fingerprint("python")
    fingerprint.cache_clear()
    assert before != after


def test_the_fingerprint_covers_what_draws_molecules_and_svg(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = python.fingerprint()
    assert parts["epam.indigo"] == metadata.version("epam.indigo")
    assert parts["svg"] == backends.backend_version()
    monkeypatch.setattr(backends, "backend_version", lambda: "another library")
    assert {name for name, part in python.fingerprint().items() if part != parts[name]} == {"svg"}


@pytest.mark.parametrize("fields", [{"element": "x" * 201, "scale": 1}, {"element": "", "scale": 17}, {}])
def test_a_view_that_no_honest_worker_sends_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        PageView.from_message(fields)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (_WITH.format(""), (175, 199)),
        (_WITH.format("file='a.svg'"), (175, 199)),
        (_WITH.format("file='a.png', show=False"), (126, 143)),
        (_PLAIN + "d.draw()", (175, 199)),
        (_PLAIN, (175, 199)),
        (_PLAIN + "d.save('a.png', dpi=50)", (87, 99)),
        (_PLAIN + "assert d.get_imagedata('svg')", (175, 199)),
        (_WITH.format("canvas='svg'"), (449, 512)),
        ("import schemdraw\nschemdraw.use('svg')\n" + _PLAIN + "d.draw()", (449, 512)),
        ("import schemdraw\nschemdraw.use('svg')\n" + _PLAIN + "d.save('a.svg')", (449, 512)),
        ("import schemdraw\nschemdraw.use('svg')\n" + _PLAIN, (449, 512)),
        (
            "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 3))\n"
            + _CIRCUIT.format(begin="with schemdraw.Drawing(canvas=ax) as d:\n")
            + "plt.savefig('a.png')",
            (400, 300),
        ),
    ],
)
def test_circuits_are_caught(engine: RenderEngine, code: str, expected: tuple[int, int]) -> None:
    result = render(engine, code)
    # Text is measured by the fonts that are here: a pixel or two may differ between machines.
    assert np.abs(np.subtract(size(result), expected)).max() <= 3
    assert result.pixels is not None and result.pixels.std() > 5


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("renderer.renderToFile(mol, 'm.png')", (300, 200)),
        ("renderer.renderToFile(mol, '/tmp/no/m.svg')", (300, 200)),
        ("indigo.setOption('render-output-format', 'svg')\nb = renderer.renderToBuffer(mol)", (300, 200)),
        (
            "indigo.setOption('render-output-format', 'png')\n"
            "open('m.png', 'wb').write(renderer.renderToBuffer(mol))",
            (300, 200),
        ),
        (
            "import io\nfrom PIL import Image\nindigo.setOption('render-output-format', 'png')\n"
            "Image.open(io.BytesIO(renderer.renderToBuffer(mol))).resize((150, 100)).show()",
            (150, 100),
        ),
        (
            "array = indigo.createArray()\narray.arrayAdd(mol)\narray.arrayAdd(mol)\n"
            "renderer.renderGridToFile(array, None, 2, 'g.png')",
            (300, 200),
        ),
    ],
)
def test_indigo_is_caught(engine: RenderEngine, ending: str, expected: tuple[int, int]) -> None:
    result = render(engine, _PHENOL + ending)
    assert size(result) == expected
    assert result.pixels is not None and result.pixels.std() > 5


@pytest.mark.parametrize(
    "ending", ["plt.savefig('graph.png')", "plt.show()", "", "plt.savefig('g.svg')\nplt.close()"]
)
def test_networkx_is_caught(engine: RenderEngine, ending: str) -> None:
    code = (
        "import matplotlib.pyplot as plt\nimport networkx as nx\ngraph = nx.karate_club_graph()\n"
        "nx.draw(graph, nx.spring_layout(graph), with_labels=True)\n"
    )
    result = render(engine, code + ending)
    assert size(result) == (640, 480)
    assert result.pixels is not None and result.pixels.std() > 20
