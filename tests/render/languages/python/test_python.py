"""How pictures are caught in Python samples, and what is said of code that makes none."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult

_PLOT = (
    "import matplotlib.pyplot as plt\nimport numpy as np\n"
    "fig, ax = plt.subplots(figsize=(4, 3))\nax.plot([1, 3, 2])\n"
)
_MOLECULE = "from rdkit import Chem\nfrom rdkit.Chem import Draw\nmol = Chem.MolFromSmiles('CCO')\n"


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(cpu_seconds=10), workers=2, output="pixels") as opened:
        yield opened


def render(engine: RenderEngine, code: str) -> RenderResult:
    (result,) = engine.render([RenderRequest("one", "python", code)])
    return result


def size(result: RenderResult) -> tuple[int, int]:
    assert result.reason is None, result.detail
    return result.width, result.height


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("plt.savefig('a.png')", (400, 300)),
        ("plt.savefig(fname='a.png', dpi=50)", (200, 150)),
        ("fig.savefig('a.jpg', dpi=200)", (800, 600)),
        ("name = 'a'\nplt.savefig(f'{name}.png')", (400, 300)),
        ("import os\nos.makedirs('out')\nplt.savefig(os.path.join('out', 'a.png'))", (400, 300)),
        ("from pathlib import Path\nplt.savefig(Path('a.png'))", (400, 300)),
        ("plt.savefig('/tmp/a.png')", (400, 300)),
        ("plt.savefig('figures/a.png')", (400, 300)),
        ("plt.savefig('a')", (400, 300)),
        ("plt.savefig('a.pdf')", (400, 300)),
        ("plt.savefig('a.svg')", (400, 300)),
        ("import io\nplt.savefig(io.BytesIO())", (400, 300)),
        ("import io\nb = io.BytesIO()\nplt.savefig(b, format='svg')\nassert b.getvalue()", (400, 300)),
        ("plt.savefig('a.png')\nplt.close()", (400, 300)),
        ("plt.savefig('a.png')\nplt.close('all')\nplt.show()", (400, 300)),
        ("plt.savefig('a.png', dpi=50)\nplt.show()", (200, 150)),
        ("plt.show()", (400, 300)),
        ("fig.show()", (400, 300)),
        ("plt.show(block=True)", (400, 300)),
        ("", (400, 300)),
        ("import matplotlib\nmatplotlib.use('TkAgg')\nplt.switch_backend('Qt5Agg')\nplt.show()", (400, 300)),
        ("if __name__ == '__main__':\n    plt.show()", (400, 300)),
        ("plt.show()\nraise SystemExit", (400, 300)),
        ("from matplotlib.pyplot import show\nshow()", (400, 300)),
        ("plt.pause(0.1)", (400, 300)),
        ("assert plt.ginput(3, timeout=30) == []", (400, 300)),
        ("assert plt.imread((plt.savefig('a.png'), 'a.png')[1]).shape[:2] == (300, 400)", (400, 300)),
        ("plt.imsave('b.png', np.zeros((20, 30, 3)))", (30, 20)),
        ("from PIL import Image\nImage.new('RGB', (60, 50), 'red').save('b.png')", (60, 50)),
        ("from PIL import Image\nImage.new('RGB', (60, 50), 'red').show()", (60, 50)),
        ("plt.savefig('a.png')\nplt.figure(figsize=(2, 2)).savefig('b.png')", (200, 200)),
    ],
)
def test_every_form_of_output_is_caught(engine: RenderEngine, ending: str, expected: tuple[int, int]) -> None:
    assert size(render(engine, _PLOT + ending)) == expected


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("Draw.MolToImage(mol, size=(400, 300)).save('molecule.png')", (400, 300)),
        ("Draw.MolToFile(mol, 'm.png', size=(250, 200))", (250, 200)),
        ("Draw.MolToImage(mol, size=(320, 240))", (320, 240)),
        (
            "from rdkit.Chem.Draw import rdMolDraw2D\nd = rdMolDraw2D.MolDraw2DCairo(300, 260)\n"
            "d.DrawMolecule(mol)\nd.FinishDrawing()\nd.WriteDrawingText('m.png')",
            (300, 260),
        ),
        (
            "from rdkit.Chem.Draw import rdMolDraw2D\nd = rdMolDraw2D.MolDraw2DCairo(300, 260)\n"
            "d.DrawMolecule(mol)\nd.FinishDrawing()\nopen('m.png', 'wb').write(d.GetDrawingText())",
            (300, 260),
        ),
        (
            "from rdkit.Chem.Draw import rdMolDraw2D\nd = rdMolDraw2D.MolDraw2DSVG(300, 260)\n"
            "d.DrawMolecule(mol)\nd.FinishDrawing()\nopen('m.svg', 'w').write(d.GetDrawingText())",
            (300, 260),
        ),
    ],
)
def test_molecules_are_caught(engine: RenderEngine, ending: str, expected: tuple[int, int]) -> None:
    result = render(engine, _MOLECULE + ending)
    assert size(result) == expected
    assert result.pixels is not None and result.pixels.std() > 5


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("print('nothing')", "render.no_output", "picture"),
        ("import matplotlib.pyplot as plt\nplt.figure()", "render.no_output", "picture"),
        ("import matplotlib.pyplot as plt\nplt.waitforbuttonpress()", "render.timeout", "a mouse or a key"),
        ("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.close()", "render.no_output", "picture"),
        ("x = 1\nraise ValueError('too bad')", "render.error", "line 2: raise ValueError('too bad')"),
        (_PLOT + "plt.savefig('a.png')\nundefined", "render.error", "line 6"),
        ("from matplotlib import no_such_name", "render.missing_dependency", "no_such_name"),
        ("import pandas as pd\npd.read_excel('x.xlsx')", "render.missing_dependency", "x.xlsx"),
        ("def f(:\n", "render.error", "SyntaxError"),
        (_PLOT + "fig.set_size_inches(300, 300)\nplt.savefig('a.png')", "render.too_large", "30000x30000"),
    ],
)
def test_what_is_said_of_bad_code(engine: RenderEngine, code: str, reason: str, words: str) -> None:
    result = render(engine, code)
    assert (result.reason and result.reason.value) == reason
    assert words in result.detail


def test_transparency_is_composited_on_white(engine: RenderEngine) -> None:
    result = render(engine, _PLOT + "plt.savefig('a.png', transparent=True)")
    assert result.pixels is not None
    assert result.pixels[0, 0].tolist() == [255, 255, 255]


def test_a_saved_picture_is_pixel_for_pixel_what_matplotlib_writes(engine: RenderEngine) -> None:
    """Skipped redraws and uncompressed files change nothing: compared with the file's own pixels."""
    code = _PLOT + (
        "ax.legend(['line'])\nax.set_title('$x^2$ title')\nfig.tight_layout()\n"
        "plt.savefig('a.png', dpi=120)\n"
        "from PIL import Image\nimage = Image.open('a.png').convert('RGB')\n"
    )
    shown = render(engine, code)
    reread = render(engine, code + "image.save('b.png')")
    assert np.array_equal(shown.pixels, reread.pixels)  # type: ignore[arg-type]


def test_skipping_the_idle_layout_changes_no_pixel() -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 4))
    axes.plot([1, 200, 30], label="a")
    axes.legend()
    axes.set_xlabel("across")
    figure.tight_layout()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=90)
    plt.close(figure)
    plain = np.asarray(Image.open(buffer).convert("RGB"))
    code = (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(5, 4))\n"
        "ax.plot([1, 200, 30], label='a')\nax.legend()\nax.set_xlabel('across')\nfig.tight_layout()\n"
        "fig.savefig('a.png', dpi=90)\n"
    )
    with RenderEngine(workers=1, output="pixels") as engine:
        result = render(engine, code)
    assert result.pixels is not None
    assert np.abs(result.pixels.astype(int) - plain).mean() < 0.01


def test_chance_and_the_clock_are_fixed() -> None:
    code = """
import datetime, random, time
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from datetime import datetime as dt, date
start = dt.now()
assert isinstance(start, dt) and isinstance(dt(2024, 1, 2), datetime.datetime)
assert isinstance(date.today(), datetime.date) and dt.strptime("2024-05-06", "%Y-%m-%d").month == 5
values = np.random.rand(5) + random.random() + np.random.default_rng().random(5)
plt.plot(pd.to_datetime([start + datetime.timedelta(days=n) for n in range(5)]), values)
plt.title(f"{date.today()} {time.strftime('%H:%M')} {hash('a')} {list({'b', 'c', 'd'})}")
"""
    with RenderEngine(workers=2) as engine:
        hashes = {
            result.pixels_sha256
            for result in engine.render(RenderRequest(str(n), "python", code) for n in range(6))
        }
    assert len(hashes) == 1 and None not in hashes


def test_what_a_sample_imports_is_there_for_the_next(engine: RenderEngine) -> None:
    code = "import networkx as nx\nnx.draw(nx.path_graph(4), pos={n: (n, n) for n in range(4)})"
    first, second = render(engine, code), render(engine, code)
    assert first.reason is second.reason is None
    assert first.pixels_sha256 == second.pixels_sha256
