"""Ways to a reward without drawing the picture, and the exact score of each."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from benchmarks.cheats.copying import flat
from tests.reward.answers import CHART, fenced, icon
from vincicoder.reward import Breakdown, RewardItem, RewardScorer

FORMAT_ONLY = 0.05  # fenced as asked, and no picture
BLANK = "import matplotlib.pyplot as plt\nplt.figure(figsize=(6, 4){})\nplt.savefig('a.png')"

# name: (response, score, reason)
CASES = {
    "nothing": ("I cannot do that.", 0, "no_code"),
    "empty": ("", 0, "no_code"),
    "empty fenced block": ("```python\n\n```", 0, "no_code"),
    "blank": (fenced(BLANK.format("")), 0, "blank"),
    "solid colour": (fenced(BLANK.format(", facecolor='navy'")), 0, "blank"),
    "leaves at once": (fenced("import os\nos._exit(0)"), FORMAT_ONLY, "render.crashed"),
    "leaves after saving": (fenced(CHART + "import os\nos._exit(0)"), FORMAT_ONLY, "render.crashed"),
    "reads the disk": (fenced("print(open('/etc/passwd').read())"), 0, "render.forbidden"),
    "reads its parent": (
        fenced("import os\nopen(f'/proc/{os.getppid()}/mem', 'rb').read(10)"),
        0,
        "render.forbidden",
    ),
    "fetches": (fenced("import socket\nsocket.create_connection(('127.0.0.1', 80))"), 0, "render.forbidden"),
    "endless output": (fenced("while True:\n    print('x' * 100_000)"), FORMAT_ONLY, "render.output_limit"),
    "huge image": (
        fenced("from PIL import Image\nImage.new('L', (30_000, 20_000)).save('a.png')"),
        FORMAT_ONLY,
        "render.too_large",
    ),
    "saves and hangs": (fenced(CHART + "while True:\n    pass"), FORMAT_ONLY, "render.timeout"),
    "wrong language": (fenced(icon(1), "svg"), 0, "wrong_language"),
    "syntax error": (fenced("x = = 1"), FORMAT_ONLY, "render.error"),
    "endless code": (fenced(CHART + "# more\n" * 10_000), 0, "too_long"),
}


def score(scorer: RewardScorer, response: str, reference: bytes, language: str = "python") -> Breakdown:
    (breakdown,) = scorer.score_batch([RewardItem(response, reference, language)])
    return breakdown


def test_each_has_its_score(scorer: RewardScorer, chart: bytes) -> None:
    rows = [RewardItem(response, chart, "python") for response, _, _ in CASES.values()]
    found = {
        name: (breakdown.score, breakdown.reason)
        for name, breakdown in zip(CASES, scorer.score_batch(rows), strict=True)
    }
    assert found == {name: (score, reason) for name, (_, score, reason) in CASES.items()}


def test_the_reference_embedded_as_a_raster_has_no_score(
    scorer: RewardScorer, chart: bytes, draw: Callable[[str, str], bytes]
) -> None:
    data = base64.b64encode(chart).decode()
    small = flat(np.asarray(Image.open(io.BytesIO(chart)).convert("RGB")))
    halves = f'"{data[: len(data) // 2]}" + "{data[len(data) // 2 :]}"'
    pieces = " +\n".join(f"'{data[start : start + 70]}'" for start in range(0, len(data), 70))
    image = f'<image href="data:image/png;base64,{data}" width="600" height="400"/>'
    drawn = "import base64, io\nfrom PIL import Image\nImage.open(io.BytesIO({})).save('a.png')"
    answers = [
        (f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400">{image}</svg>', "svg"),
        (f'<img src="data:image/png;base64,{data}">', "html"),
        (f'<img src="&#100;ata:image/png;base64,{data}">', "html"),
        (f'<img id=i><script>i.src="data:ima"+"ge/png;base64,"+{halves}</script>', "html"),
        (drawn.format(f"base64.b64decode({pieces})"), "python"),
        (drawn.format(f"bytes.fromhex('{chart.hex()}')"), "python"),
        (drawn.format(f"base64.b85decode({base64.b85encode(chart)!r})"), "python"),
        (drawn.format(repr(small)), "python"),
    ]
    rows = [RewardItem(fenced(code, language), chart, language) for code, language in answers]
    assert [(b.score, b.raster, b.reason) for b in scorer.score_batch(rows)] == [
        (0, 1, "embedded_raster")
    ] * len(rows)


def test_honest_code_is_no_raster(scorer: RewardScorer, draw: Callable[[str, str], bytes]) -> None:
    path = "M" + "".join(f"{n * 37 % 100}.{n}c1-2.5{n}-3z" for n in range(300))
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path d="{path}"/></svg>'
    svg = svg.replace("</svg>", '<circle cx="40" cy="40" r="30"/></svg>')
    html = f'<img src="{pixel}"><h1 style="font-size:90px">Hello page</h1>'
    for language, code in (("svg", svg), ("html", html)):
        found = score(scorer, fenced(code, language), draw(language, code), language)
        assert (found.score, found.raster) == (1, 0)


def test_tricks_with_the_size_cost(scorer: RewardScorer, chart: bytes) -> None:
    same = score(scorer, fenced(CHART), chart)
    small = score(scorer, fenced(CHART.replace("(6, 4)", "(0.6, 0.4)")), chart)
    wide = score(scorer, fenced(CHART.replace("(6, 4)", "(12, 4)")), chart)
    assert same.score == 1
    assert small.size == pytest.approx((2 * 0.1) ** 0.5, abs=1e-3)
    assert wide.aspect == pytest.approx(0.5, abs=1e-3)
    assert wide.score < 0.6 and small.score < 0.5


def test_several_blocks_lose_the_format_term_and_the_last_whole_one_counts(
    scorer: RewardScorer, chart: bytes
) -> None:
    other = CHART.replace("[3, 1, 4, 2]", "[1, 1, 1, 1]")
    last_right = score(scorer, fenced(other) + fenced(CHART), chart)
    last_wrong = score(scorer, fenced(CHART) + fenced(other), chart)
    assert (last_right.format, last_right.score) == (0, 0.95)
    assert last_wrong.score < 0.95
    assert score(scorer, CHART, chart).score == 0.95  # no fence
    assert score(scorer, fenced(CHART, "Python3"), chart).score == 1
