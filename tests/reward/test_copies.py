"""Copies of pixels: what tells them from drawings, and what honest programs keep."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.cheats.copying import Pixels, flat, shrink
from tests.reward.answers import CHART, fenced
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.languages.svg.marks import count_marks
from vincicoder.render.notes import note_values
from vincicoder.reward import RewardItem, RewardScorer
from vincicoder.reward.copies import EMBEDDED_RASTER, UNECONOMICAL, judge
from vincicoder.reward.cost import cost_of

_TABLE = "import matplotlib.pyplot as plt\nplt.imshow({})\nplt.show()"


def test_data_costs_the_same_however_it_is_spelled() -> None:
    data = np.random.default_rng(1).integers(0, 256, 2_000, np.uint8).tobytes()
    spelled = [
        repr(data),
        str(list(data)),
        f"'{data.hex()}'",
        "'" + "".join(chr(0x4E00 + n) for n in data) + "'",
    ]
    for text in spelled:
        assert 1_500 < cost_of(f"x = {text}", "python").data < 3_000


def test_words_and_docstrings_cost_little() -> None:
    code = '"""' + "A long story about the chart. " * 3 + '"""\nplt.title("Quarterly sales by region")\n'
    assert cost_of(code, "python").data < 30
    assert (
        cost_of(code.replace("plt", "print(__doc__)\nplt"), "python").data > cost_of(code, "python").data + 5
    )


@pytest.mark.parametrize(
    ("notes", "literals", "reason"),
    [
        ((), 300, ""),
        ((), 3_000, UNECONOMICAL),
        (("decoded_image", "decoded_bytes:900"), 1_000, EMBEDDED_RASTER),
        (("decoded_image", "decoded_bytes:60000"), 300, ""),  # more than the program holds: a library's own
        (("marks:900/800",), 700, EMBEDDED_RASTER),
        (("marks:900/9000",), 700, ""),  # computed
        (("marks:60/500",), 700, ""),  # a confusion matrix
        (("set_pixels:40000",), 700, EMBEDDED_RASTER),
        (("set_pixels:40000",), 100, ""),  # computed
    ],
)
def test_what_it_did_and_what_it_cost_decide(notes: tuple[str, ...], literals: int, reason: str) -> None:
    data = np.random.default_rng(2).integers(0, 256, literals, np.uint8).tobytes()
    verdict = judge(f"x = '{data.hex()}'", "python", notes)
    assert verdict.reason == reason
    assert (verdict.factor == 1) is (reason == "")


def test_the_own_program_sets_the_price() -> None:
    own = "\n".join(f"plt.plot([{n}, 2], label='line {n}')" for n in range(30))
    assert judge(own, "python", (), own).factor == 1
    assert judge(own + "\n" + own, "python", (), own).factor == 1
    four, six = (judge("\n".join([own] * times), "python", (), own) for times in (4, 6))
    assert four.reason == UNECONOMICAL and four.factor == pytest.approx(0.5, abs=0.01)
    assert six.factor == 0


def test_a_mosaic_in_svg_is_counted_and_curves_are_not() -> None:
    runs = "".join(f"M{n} {n % 40}h3v1h-3z" for n in range(400))
    slanted = runs.replace("h3v1h-3z", "l3 0 0 1-3 0z")
    curves = "".join(f"M{n} {n % 40}c1-2 3.5 1 4-3z" for n in range(400))
    for path, expected in ((runs, 600), (slanted, 600), (curves, 0)):
        assert count_marks(f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{path}"/></svg>') == (
            0,
            expected,
        )


@pytest.fixture(scope="module")
def notes_of() -> Callable[[dict[str, tuple[str, str]]], dict[str, tuple[str, ...]]]:
    def draw(programs: dict[str, tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        requests = [RenderRequest(name, *program) for name, program in programs.items()]
        with RenderEngine(workers=2, measure=False) as engine:
            found = {result.request_id: result for result in engine.render(requests)}
        assert {name: result.detail for name, result in found.items() if result.png is None} == {}
        return {name: result.notes for name, result in found.items()}

    return draw


@pytest.mark.tools
def test_hooks_say_what_a_program_did(
    notes_of: Callable[[dict[str, tuple[str, str]]], dict[str, tuple[str, ...]]],
) -> None:
    pixels: Pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[10:50, 20:60] = np.random.default_rng(3).integers(0, 256, (40, 40, 3))
    data, runs = flat(pixels), shrink(pixels, 2).runs()
    style = "position:absolute;height:1px;background:red"
    boxes = "".join(f"<i style='{style};left:{x}px;top:{y}px;width:{n}px'></i>" for x, y, n, _ in runs)
    opened = f"import io\nfrom PIL import Image\nimage = Image.open(io.BytesIO({data!r}))\n"
    notes = notes_of(
        {
            "decoded": ("python", f"{opened}image.resize((300, 200)).save('a.png')"),
            "own picture": (
                "python",
                f"import io\nfrom PIL import Image\n{CHART}b = io.BytesIO()\nplt.savefig(b)\nb.seek(0)\n"
                "Image.open(b).rotate(90).save('b.png')",
            ),
            "table": ("python", _TABLE.format(pixels[::3, ::3].tolist())),
            "tiles after a colour bar": (
                "python",
                "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n"
                "figure.colorbar(axes.scatter([1, 2], [1, 2], c=[1, 2]), ax=axes)\n"
                "over = figure.add_axes([0, 0, 1, 1])\nfor n in range(400):\n"
                "  over.add_patch(plt.Rectangle((n % 20, n // 20), 1, 1, color=(n / 400, 0, 0)))\n"
                "plt.savefig('a.png')",
            ),
            "one row of tiles": (
                "python",
                "import matplotlib.pyplot as plt\nimport numpy as np\n"
                "plt.imshow(np.random.default_rng(0).random((1, 300)), aspect='auto')\nplt.savefig('a.png')",
            ),
            "colour bar": (
                "python",
                CHART.replace("plt.savefig", "plt.colorbar(plt.scatter([1], [1], c=[1]))\nplt.savefig"),
            ),
            "chart": ("python", CHART),
            "page": ("html", f"<body>{boxes}"),
            "script": (
                "html",
                f"<img id=i><script>const b = new Uint8Array({list(data)});"
                "i.src=URL.createObjectURL(new Blob([b]))</script>",
            ),
            "plain page": ("html", "<h1>Hello</h1><canvas></canvas>"),
        }
    )
    assert "decoded_image" in notes["decoded"]
    assert note_values(notes["decoded"], "decoded_bytes")[0] == pytest.approx(len(data), rel=0.1)
    assert "decoded_image" not in notes["own picture"]
    assert note_values(notes["table"], "marks")[0] >= 540
    assert 400 <= note_values(notes["tiles after a colour bar"], "marks")[0] < 500
    assert note_values(notes["one row of tiles"], "marks")[0] >= 300
    assert notes["colour bar"] == notes["chart"] == ()
    assert note_values(notes["page"], "marks")[0] >= len(runs)
    assert "decoded_image" in notes["script"]
    assert notes["plain page"] == ()


@pytest.mark.tools
def test_a_computed_table_keeps_its_score(scorer: RewardScorer, draw: Callable[[str, str], bytes]) -> None:
    code = (
        "import matplotlib.pyplot as plt\nimport numpy as np\n"
        "x = np.linspace(-3, 3, 80)\n"
        "plt.imshow(np.sinc(x[:, None]) * np.cos(x * x))\nplt.colorbar()\nplt.show()"
    )
    (found,) = scorer.score_batch([RewardItem(fenced(code), draw("python", code), "python")])
    assert (found.score, found.reason) == (1, "")


@pytest.mark.tools
def test_an_answer_that_the_machine_may_have_stopped_is_asked_again(
    scorer: RewardScorer, chart: bytes
) -> None:
    row = RewardItem(fenced(CHART + "import os\nos._exit(0)\n# asked twice"), chart, "python")
    before = scorer.counts["programs"]
    assert [scorer.score_batch([row])[0].reason for _ in range(2)] == ["render.crashed"] * 2
    assert scorer.counts["programs"] == before + 2
