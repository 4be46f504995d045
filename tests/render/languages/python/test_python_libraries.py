"""Libraries that charts import beyond matplotlib: drawn in all their forms, and never over the network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.registry import why_unsupported

_PLOT = (
    "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nr = np.random.default_rng(0)\n"
)
_ALTAIR = (
    "import altair as alt\nimport pandas as pd\ndf = pd.DataFrame({'a': list('ABC'), 'b': [28, 55, 43]})\n"
    "chart = alt.Chart(df).mark_bar().encode(x='a', y='b').properties(width=200, height=100)\n"
)
_BOKEH = (
    "from bokeh.io import export_png, output_notebook, show\nfrom bokeh.plotting import figure, save\n"
    "from bokeh.layouts import column\n"
    "p = figure(width=300, height=200, title='Rain')\np.line([1, 2], [2, 1])\n"
)
_PYGAL = "import pygal\nc = pygal.Bar(width=400, height=300, title='B')\nc.add('s', [1, 2])\n"
_PYECHARTS = (
    "from pyecharts import options as opts\nfrom pyecharts.charts import Bar\n"
    "chart = Bar(opts.InitOpts('400px', '300px')).add_xaxis(['a', 'b']).add_yaxis('Rain', [1, 2])\n"
)
_PLOTNINE = (
    "from plotnine import *\nimport pandas as pd\ndf = pd.DataFrame({'x': list('abc'), 'y': [1, 3, 2]})\n"
    "p = ggplot(df, aes('x', 'y')) + geom_col()\n"
)
_CANDLES = (
    "import mplfinance as mpf\ni = pd.date_range('2024-01-01', periods=9)\nc = np.arange(9.0)\n"
    "df = pd.DataFrame({'Open': c, 'High': c + 2, 'Low': c - 1, 'Close': c + 1, 'Volume': 1}, i)\n"
)

# What is drawn, and the size and notes of the picture.
_DRAWN = {
    "squarify": (_PLOT + "import squarify\nsquarify.plot([3, 2], label=list('ab'))\nplt.show()", 640, 480),
    "venn": (_PLOT + "from matplotlib_venn import venn2\nvenn2((3, 2, 1))\nplt.show()", 640, 480),
    "cloud": (
        "from wordcloud import WordCloud\nWordCloud(width=300, height=200).generate('a tree and a bee')"
        ".to_file('w.png')",
        300,
        200,
    ),
    "statsmodels": (
        _PLOT + "import statsmodels.api as sm\nsm.qqplot(r.normal(size=40), line='45')\nplt.show()",
        640,
        480,
    ),
    "candles": (_PLOT + _CANDLES + "mpf.plot(df, type='candle', volume=True)", 800, 575),
    "adjustText": (
        _PLOT + "from adjustText import adjust_text\nplt.scatter([1, 2], [1, 2])\n"
        "adjust_text([plt.text(1, 1, 'one'), plt.text(1, 1, 'two')])\nplt.savefig('a.png')",
        640,
        480,
    ),
    "missingno": (
        _PLOT + "import missingno\nmissingno.bar(pd.DataFrame({'a': [1, None]}), figsize=(5, 3))\nplt.show()",
        500,
        300,
    ),
    "plotnine saved": (_PLOTNINE + "p.save('a.png', width=4, height=3, dpi=100)", 400, 300),
    "plotnine printed": (_PLOTNINE + "print(p)", 640, 480),
    "plotnine shown": (_PLOTNINE + "display(p)\ndel p", 1280, 960),
    "plotnine value": (_PLOTNINE.replace("p = ", "(").rstrip() + ")", 640, 480),
    "altair html": (_ALTAIR + "chart.save('chart.html')", 260, 156),
    "altair png": (_ALTAIR + "chart.save('c.png', scale_factor=2)", 520, 312),
    "altair text": (_ALTAIR + "chart.to_json()\nchart = chart.properties(width=9)", 260, 156),
    "altair left": (_ALTAIR, 260, 156),
    "altair value": (_ALTAIR + "chart.interactive()", 260, 156),
    "altair shown": (_ALTAIR + "display(chart)\ndel chart", 260, 156),
    "bokeh shown": (_BOKEH + "output_notebook()\nshow(p)", 300, 200),
    "bokeh saved": (_BOKEH + "save(column(p, p.__class__(width=300, height=100)), 'a.html')", 300, 300),
    "bokeh png": (_BOKEH + "export_png(p, filename='/no/a.png')", 300, 200),
    "bokeh document": (
        "from bokeh.io import curdoc\n" + _BOKEH + "curdoc().theme = 'dark_minimal'\ncurdoc().add_root(p)\n"
        "curdoc().add_root(figure(width=300, height=50))",
        300,
        250,
    ),
    "bokeh left": (_BOKEH, 300, 200),
    "bokeh as data": (_BOKEH + "p.title.text = '</script><script>throw 1</script>'\nshow(p)", 300, 200),
    "pyecharts rendered": (_PYECHARTS + "chart.render('/no/a.html')", 400, 300),
    "pyecharts left": (_PYECHARTS, 400, 300),
    "pyecharts as data": (_PYECHARTS.replace("Rain", "</script><script>throw 1</script>"), 400, 300),
    "pyecharts page": (
        _PYECHARTS + "from pyecharts.charts import Page\nPage().add(chart, chart).render()",
        400,
        618,
    ),
    "outlines": (
        "import plotly.express as px\n"
        "px.choropleth(locations=['FRA'], color=[1], width=400, height=300).show()",
        400,
        300,
    ),
    "dendrogram without a width": (
        "import plotly.figure_factory as ff\nimport numpy as np\nff.create_dendrogram(np.eye(4)).show()",
        700,
        500,
    ),
    "data of seaborn": (
        "import seaborn as sns\nimport matplotlib.pyplot as plt\nd = sns.load_dataset('tips')\n"
        "assert list(d.day.cat.categories) == ['Thur', 'Fri', 'Sat', 'Sun'] and len(d) == 244\n"
        "sns.countplot(d, x='day')\nplt.show()",
        640,
        480,
    ),
    "data of vega": (
        "import altair as alt\nfrom vega_datasets import data\n"
        "alt.Chart(data.cars.url).mark_bar().encode(x='Origin:N').properties(width=200, height=99)",
        226,
        180,
    ),
    "pygal file": (_PYGAL + "c.render_to_file('/no/b.svg')", 400, 300),
    "pygal png": (_PYGAL + "c.render_to_png('b.png')", 400, 300),
    "pygal text": (_PYGAL + "print(c.render(is_unicode=True))", 400, 300),
    "pygal left": (_PYGAL, 400, 300),
}  # fmt: skip

# What is refused, why, and words of the detail.
_REFUSED = {
    "altair data at an address": (
        _ALTAIR + "alt.Chart('https://example.org/a.json').mark_bar().encode(x='a:Q').show()",
        "render.missing_dependency",
        "https://example.org/a.json",
    ),
    "altair picture at a place": (
        _ALTAIR + "alt.Chart(df).mark_image(url='file:///etc/passwd').encode(x='a').show()",
        "render.forbidden",
        "file:///etc/passwd",
    ),
    "altair too many rows": (
        _ALTAIR + "alt.Chart(pd.DataFrame({'a': range(6000)})).mark_bar().encode(x='a').show()",
        "render.error",
        "MaxRowsError",
    ),
    "altair over all limits": (_ALTAIR + "chart.properties(width=90000).show()", "render.too_large", "90"),
    "bokeh tiles": (_BOKEH + "p.add_tile('CartoDB Positron')\nshow(p)", "render.missing_dependency", "tiles"),
    "bokeh picture": (
        _BOKEH + "p.image_url(url=['http://example.org/a.png'], x=0, y=0, w=1, h=1)\nshow(p)",
        "render.missing_dependency",
        "come over the network",
    ),
    "bokeh no figure": (_BOKEH + "show('no figure')", "render.error", "ValueError"),
    "pyecharts map": (
        "from pyecharts.charts import Map\nMap().add('s', [['China', 1]], 'world').render()",
        "render.missing_dependency",
        "missing map data: the outlines of world",
    ),
    "pyecharts extension": (
        "from pyecharts.charts import Liquid\nLiquid().add('', [0.6]).render()",
        "render.missing_dependency",
        "missing ECharts extension: liquidFill",
    ),
    "pyecharts theme": (
        _PYECHARTS + "chart.theme = 'macarons'\nchart.render()",
        "render.missing_dependency",
        "missing theme: macarons",
    ),
    "pyecharts calls out": (
        _PYECHARTS + "from pyecharts.commons.utils import JsCode\n"
        "chart.options['title'] = JsCode(\"fetch('http://127.0.0.1:9').x.y\")\nchart.render()",
        "render.error",
        "undefined",
    ),
    "data set that is fetched": (
        "import seaborn as sns\nsns.load_dataset('titanic')",
        "render.forbidden",
        "missing data set 'titanic' of seaborn",
    ),
    "pygal nothing": ("import pygal\nc = pygal.Bar()", "render.no_output", "picture"),
    "cloud font": (
        "from wordcloud import WordCloud\nWordCloud(font_path='/none/a.ttf').generate('tree').to_file('a')",
        "render.error",
        "cannot open resource",
    ),
    "plotnine too large": (
        _PLOTNINE + "p.save('a.png', width=900, height=900, dpi=300, limitsize=False)",
        "render.too_large",
        "270000x270000",
    ),
    "no such library": ("import joypy", "render.missing_dependency", "joypy"),
}  # fmt: skip

pytestmark = pytest.mark.skipif(bool(why_unsupported("vega-lite")), reason=why_unsupported("vega-lite"))


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=1) as opened:
        yield opened


def test_each_is_drawn_in_every_form_and_the_same_again(engine: RenderEngine) -> None:
    again = [name for name in _DRAWN if " " not in name or name.endswith(("left", "printed"))]
    requests = [
        RenderRequest(f"{turn} {name}", "python", _DRAWN[name][0])
        for turn, names in enumerate((_DRAWN, reversed(again)))
        for name in names
    ]
    done = {result.request_id: result for result in engine.render(requests)}
    for name, (_, width, height) in _DRAWN.items():
        drawn = done[f"0 {name}"]
        assert (drawn.reason, drawn.width, drawn.height) == (None, width, height), (name, drawn.detail)
    for name in again:
        assert done[f"0 {name}"].pixels_sha256 == done[f"1 {name}"].pixels_sha256, name
    pictures = {name: done[f"0 {name}"].pixels_sha256 for name in _DRAWN}
    assert pictures["altair html"] == pictures["altair left"] == pictures["altair shown"]
    assert pictures["bokeh shown"] == pictures["bokeh png"] != pictures["bokeh as data"]
    assert pictures["pygal file"] == pictures["pygal left"] == pictures["pygal png"]


def test_what_needs_the_network_or_is_too_much_is_refused(engine: RenderEngine) -> None:
    requests = [RenderRequest(name, "python", code) for name, (code, _, _) in _REFUSED.items()]
    for result in engine.render(requests):
        _, reason, words = _REFUSED[result.request_id]
        found = (result.request_id, result.reason, words in result.detail)
        assert found == (result.request_id, reason, True), result.detail
