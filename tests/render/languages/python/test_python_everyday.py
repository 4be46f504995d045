"""Everyday charts: print resolutions, and what notebooks have beside Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from vincicoder.clean import CleanLimits, clean_samples
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.sample import Sample, Task

_PLOT = "import matplotlib.pyplot as plt\nfig = plt.figure(figsize=({size}))\nplt.plot([1, 3, 2])\n"
_BIG = _PLOT.format(size="8, 6")
_IMAGE = "from PIL import Image\nimage = Image.new('{mode}', {size}, {color})\n"
_AXES = "import io\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.bar(['a', 'b'], [1, 2])\n"


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    """Limits of a tenth, so that the tests are quick."""
    limits = RenderLimits(max_width=1600, max_height=1600, max_pixels=400_000)
    with RenderEngine(limits, workers=1, output="pixels") as opened:
        yield opened


def test_pictures_are_judged_by_their_pixels_and_shrunk(engine: RenderEngine) -> None:
    programs = {
        "wide": _PLOT.format(size="15, 2") + "plt.savefig('a.png', dpi=100)",
        "print": _BIG + "plt.savefig('a.png', dpi=200)",
        "tight": _BIG + "plt.savefig('a.pdf', dpi=200, bbox_inches='tight')",
        "shown": _PLOT.format(size="20, 2") + "plt.show()",
        "canvas": _BIG + "import io\nfig.dpi = 200\nfig.canvas.print_png(io.BytesIO())",
        "then small": _BIG + "plt.savefig('a.png', dpi=200)\nplt.savefig('b.png', dpi=50)",
        "caught": _BIG + "try:\n    plt.savefig('a.png', dpi=200)\nexcept BaseException:\n"
        "    plt.title('no')\n",
        "rgba": _IMAGE.format(mode="RGBA", size=(2000, 1000), color=(255, 0, 0, 0)) + "image.save('a.png')",
        "palette": _IMAGE.format(mode="P", size=(1000, 2000), color=0) + "image.save('a.gif')",
        "file": _IMAGE.format(mode="1", size=(1000, 1000), color=1)
        + "import io\nb = io.BytesIO()\nimage.save(b, 'PNG')\nopen('a.png', 'wb').write(b.getvalue())",
        "absurd": _PLOT.format(size="40, 30") + "plt.savefig('a.png', dpi=100)",
        "a strip": _PLOT.format(size="70, 0.1") + "plt.savefig('a.png', dpi=100)",
    }  # fmt: skip
    requests = [RenderRequest(name, "python", code) for name, code in programs.items()]
    done = {result.request_id: result for result in engine.render(requests)}
    shape = {name: (result.width, result.height) for name, result in done.items()}
    assert shape["wide"] == (1500, 200) and done["wide"].notes == ()
    for name in ("print", "canvas", "caught"):
        assert shape[name] == (730, 547), name
        assert done[name].notes == ("scaled:0.456",), name
    assert shape["shown"] == (1599, 159) and done["shown"].notes == ("scaled:0.800",)
    assert shape["then small"] == (400, 300) and done["then small"].notes == ()
    assert shape["tight"][0] < 730 and done["tight"].notes == ("scaled:0.456",)
    assert (shape["rgba"], shape["palette"]) == ((894, 447), (447, 894))
    assert done["rgba"].pixels is not None and np.unique(done["rgba"].pixels).tolist() == [255]
    assert shape["file"] == (632, 632) and "scaled:0.632" in done["file"].notes
    for name, size in (("absurd", "4000x3000"), ("a strip", "7000x10")):
        assert (done[name].reason, f"picture of {size} pixels" in done[name].detail) == (
            "render.too_large",
            True,
        )


@pytest.mark.parametrize(
    "code",
    [
        _AXES + "plt.close(fig)\ndisplay(fig)",
        _AXES + "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'), fig)\nplt.close('all')",
        "%matplotlib inline\n!pip install seaborn\n" + _AXES + "%config InlineBackend.figure_format='svg'",
        "from IPython import get_ipython\nshell = get_ipython()\nif shell is not None:\n"
        "    shell.run_line_magic('matplotlib', 'inline')\n" + _AXES,
        "import matplotlib_inline.backend_inline as b\nb.set_matplotlib_formats('retina')\n" + _AXES,
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.ast_node_interactivity = 'all'\n" + _AXES,
        _AXES + "from IPython.display import Image\nb = io.BytesIO()\nfig.savefig(b)\nplt.close()\n"
        "display(Image(data=b.getvalue()))",
        _AXES + "class Own:\n    def _repr_svg_(self):\n        return '<svg xmlns=\"http://www.w3.org/2000/svg\""
        " width=\"640\" height=\"480\"><circle r=\"9\"/></svg>'\nplt.close()\ndisplay(Own())",
        _AXES + "from matplotlib.animation import FuncAnimation\nimport IPython.display as ipd\n"
        "ipd.display(FuncAnimation(fig, lambda n: ax.plot([n]), frames=2))\nplt.close()",
    ],
)  # fmt: skip
def test_a_notebooks_code_draws_what_it_displays(engine: RenderEngine, code: str) -> None:
    sample = Sample("", "", "", "", "", "", "python", Task.DIRECT, code + "\n# the end\n", "0")
    (cleaned,) = clean_samples([sample], replace(CleanLimits(), min_characters=1))
    assert cleaned.rejection is None
    result = engine.render_one(cleaned.code, "python")
    assert (result.reason, result.width, result.height) == (None, 640, 480), result.detail
