"""ChartMimic's four scores by hand, and the record of one warm draw that they are computed from."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.chart_pairs import chart_pairs
from benchmarks.evaluation import CHART2CODE_PUBLISHED
from vincicoder.evaluate.color_difference import delta_e_2000, lab
from vincicoder.evaluate.levenshtein import indel_ratio
from vincicoder.evaluate.metric import Score, score_pair
from vincicoder.evaluate.metrics import chart2code, scrm
from vincicoder.evaluate.metrics.chartmimic import METRIC, color_f1, color_likeness, few_colors, multiset_f1
from vincicoder.evaluate.pair import Pair, Side
from vincicoder.evaluate.trace import Trace, read_trace
from vincicoder.render import Recording, RenderEngine, RenderLimits, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.languages.python.region import Region
from vincicoder.render.protocol import MAX_TRACE_BYTES, Picture

# The published evaluators on matplotlib 3.8.4: text, layout, type, colour of pairs in `chart_pairs`.
PUBLISHED: dict[int, tuple[float, float, float, float]] = {
    0: (1.0, 1.0, 1.0, 0.6390914209184905),
    1: (0.5, 1.0, 1.0, 1.0),
    2: (1.0, 1.0, 0, 1.0),
    3: (1.0, 1.0, 1.0, 0.8994509767423678),
    4: (1.0, 0, 1.0, 1.0),
    5: (1.0, 1.0, 1.0, 0.8533487357149518),
    6: (1.0, 1.0, 1.0, 0),
}


def trace(**changes: object) -> Trace:
    fields = {"texts": ["a"], "layout": [[1, 1, 0, 0, 0, 0]], "types": {"bar": 1}, "colors": ["bar--#FF0000"]}
    rest = {"placed": [["a", 0.5, 1.0]], "size": [6.4, 4.8]}
    found = read_trace(json.dumps({**fields, **rest, **changes}))
    assert found is not None
    return found


def scores(reference: Trace | None, answer: Trace | None) -> dict[str, Score]:
    pair = Pair("n", "python", "chart", Side("r", b"", reference), Side("a", b"", answer))
    return {name.removeprefix("chartmimic_"): score for name, score in METRIC.measure(pair).items()}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [  # Sharma, Wu and Dalal 2005, table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_of_colours_is_that_of_the_standard(
    first: tuple[float, float, float], second: tuple[float, float, float], expected: float
) -> None:
    assert delta_e_2000(first, second) == pytest.approx(expected, abs=5e-5)
    assert delta_e_2000(lab("#808080"), lab("#808080")) == 0


def test_a_multiset_is_matched_as_often_as_both_have_it() -> None:
    assert multiset_f1({"x": 3, "y": 1}, {"x": 2, "z": 2}) == pytest.approx(0.5)
    assert multiset_f1({}, {"x": 1}) == 0.0


def test_colours_match_as_all_permutations_would() -> None:
    chance = random.Random(2)
    for _ in range(30):
        first, second = (
            [
                f"{chance.choice('ab')}--#{chance.randrange(1 << 24):06X}"
                for _ in range(chance.randrange(1, 6))
            ]
            for _ in "12"
        )
        matched = 0.0
        for kind in "ab":
            short, long = sorted(
                ([color[3:] for color in side if color[0] == kind] for side in (first, second)), key=len
            )
            matched += max(
                sum(map(color_likeness, short, chosen)) for chosen in itertools.permutations(long, len(short))
            )
        expected = 2 * matched / (len(first) + len(second))
        assert color_f1(first, second) == pytest.approx(expected, abs=1e-12)


def test_of_many_colours_only_those_that_differ_are_compared_in_reference() -> None:
    near = [f"line--#0000{level:02X}" for level in range(200, 211)]
    assert (len(few_colors(near[:10])), few_colors(near)) == (10, near[:1])
    found = scores(trace(colors=near), trace(colors=near[:10]))["color"]
    assert found.reference == pytest.approx(2 / 11) and found.strict == pytest.approx(20 / 21)


def test_what_both_lack_is_equal_in_strict_alone() -> None:
    bare = trace(texts=[], types={}, colors=[])
    assert scores(bare, bare)["low"] == Score(0.25, 1.0)
    assert scores(trace(), None)["low"] == Score(0.0, 0.0)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"texts": 1, "layout": [], "types": {}, "colors": []}', "[" * 5_000]
    + [json.dumps({"texts": [], "layout": [], "types": {"bar": n}, "colors": []}) for n in (-1, 10**9)],
)
def test_what_a_program_makes_up_is_no_trace(text: str) -> None:
    assert read_trace(text) is None


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=1) as opened:
        yield opened


def drawn(engine: RenderEngine, *codes: str, recording: Recording = Recording.BESIDE) -> list[RenderResult]:
    requests = [RenderRequest(str(number), "python", code, recording) for number, code in enumerate(codes)]
    found = sorted(engine.render(requests), key=lambda result: int(result.request_id))
    assert [result.status for result in found] == [RenderStatus.RENDERED] * len(codes), found
    return found


def compare_with_chart2code(number: int, reference: Trace, answer: Trace) -> None:
    published = json.loads(CHART2CODE_PUBLISHED.read_text())[number]
    sides = Side("r", b"", reference), Side("a", b"", answer)
    found = chart2code.METRIC.measure(Pair("n", "python", "chart", *sides))
    for name, value in published.items():
        # The published one reads colours before a colour map has given any.
        if name != "pair" and (name, number) != ("color", 6):
            assert found[f"chart2code_{name}"].reference == pytest.approx(value, abs=1e-6), (name, number)
    itself = chart2code.METRIC.measure(Pair("n", "python", "chart", sides[0], sides[0]))
    assert [score.strict for score in itself.values()] == pytest.approx([1.0] * 8)
    table = scrm.METRIC.measure(Pair("n", "python", "chart", sides[0], sides[0]))
    if scrm.METRIC.applies(Pair("n", "python", "chart", *sides)):
        assert {score.strict for score in table.values()} == {1.0}


@pytest.mark.slow
def test_scores_are_the_published_ones(engine: RenderEngine) -> None:
    pairs = chart_pairs()
    codes = [code for number in PUBLISHED for code in pairs[number]]
    traces = [read_trace(result.trace) for result in drawn(engine, *codes)]
    for place, (number, published) in enumerate(PUBLISHED.items()):
        reference, answer = traces[2 * place : 2 * place + 2]
        found = scores(reference, answer)
        assert [found[name].reference for name in ("text", "layout", "type", "color")] == pytest.approx(
            published, abs=1e-6
        ), number
        itself = scores(reference, reference)
        assert {score.strict for score in itself.values()} == {1.0}
        assert reference is not None and answer is not None
        compare_with_chart2code(number, reference, answer)


@pytest.mark.slow
def test_a_trace_alters_no_picture_and_stays_within_its_sample(engine: RenderEngine) -> None:
    code = chart_pairs()[4][0]
    plain, traced, again = drawn(engine, code, recording=Recording.NONE) + drawn(engine, code, code)
    assert plain.trace == "" and traced.trace == again.trace != ""
    assert plain.pixels_sha256 == traced.pixels_sha256
    heavy = drawn(engine, f"import pandas\n{code}")[0]
    assert heavy.trace == traced.trace
    bare, made_up = drawn(
        engine,
        "from PIL import Image\nImage.new('RGB', (40, 40), 'red').save('x.png')",
        f"import json\n{code}\njson.dumps = lambda *a, **k: '{{}}'",
    )
    assert (bare.trace, made_up.trace) == ("", traced.trace)


@pytest.mark.slow
def test_a_record_alone_is_the_one_beside_the_picture(engine: RenderEngine) -> None:
    codes = [pair[0] for pair in chart_pairs()[::4]]
    codes.append(
        codes[0].replace("chart.png", "chart.pdf") + "\nplt.figure()\nplt.semilogy([2, 3])\nplt.show()"
    )
    beside, alone = drawn(engine, *codes), drawn(engine, *codes, recording=Recording.ALONE)
    assert [result.trace for result in alone] == [result.trace for result in beside]
    assert {(result.width, result.height) for result in alone} == {(1, 1)}
    looks = f"{codes[0]}\nassert plt.imread('chart.png').shape[2] == 4"
    hidden = f"{codes[0]}\nassert len(np.fromfile('chart.png', np.uint8)) > 1_000"
    for result in drawn(engine, looks, hidden, recording=Recording.ALONE):
        assert result.width > 1 and result.trace == beside[0].trace


def test_a_trace_that_is_too_long_is_left_out() -> None:
    region = Region(RenderLimits(max_pixels=200_000))
    for length in (MAX_TRACE_BYTES, MAX_TRACE_BYTES + 1):
        region.clear()
        region.write_picture(np.zeros((4, 5, 3), np.uint8), [], "t" * length)
        picture = region.read()
        assert isinstance(picture, Picture) and picture.pixels.shape == (4, 5, 3)
        assert len(picture.trace) == (length if length == MAX_TRACE_BYTES else 0)


def test_an_answer_without_a_trace_earns_nothing() -> None:
    pair = Pair("n", "python", "chart", Side("r", None, trace()), Side("a", None))
    assert score_pair([METRIC], pair)["chartmimic_low"].strict == 0.0
    assert "chartmimic_low" not in score_pair([METRIC], Pair("n", "python", "chart", Side("r"), Side("a")))


def test_parts_that_a_program_makes_up_score_nothing() -> None:
    real = {
        "keyed_colors": {"line_color": {"a": "#FF0000"}, "axes_bg": {"axes_0": "#FFFFFF"}},
        "grids": [[True, False]],
        "legends": [["a", 0, 0, 9, 9]],
        "texts_by_kind": {"title": ["Sales"]},
        "elements": [{"type": "line", "xdata": {"numbers": "AAAAAAAA8D8="}, "marker": "o", "alpha": None}],
        "chart_types": ["line"],
        "table": [["1", "a", 2.0], ["2", "a", -3.0]],
    }
    reference = trace(parts=real)
    for nonsense in (
        None,
        7,
        "x",
        [1],
        {"a": 1},
        [[None]],
        {"line_color": [3]},
        [{"type": "line", "xdata": {}}],
    ):
        made_up = trace(parts=dict.fromkeys(real, nonsense))
        pair = Pair("n", "python", "chart", Side("r", b"", reference), Side("a", b"", made_up))
        scores_of = chart2code.METRIC.measure(pair) | scrm.METRIC.measure(pair)
        assert all(0 <= score.strict < 1 for name, score in scores_of.items() if name != "chart2code_layout")
    itself = Pair("n", "python", "chart", *(Side("r", b"", reference) for _ in "12"))
    both = chart2code.METRIC.measure(itself)
    assert both["chart2code_color"] == Score(pytest.approx(1 / 1.01), pytest.approx(1.0))
    assert both["chart2code_data"].reference == 1.0


def test_a_table_is_compared_by_cells() -> None:
    reference = scrm.triples_of_text("Year\tA\tB\n2019\t10%\t$7\n2020\t-4\tn/a")
    assert set(reference) == {
        ("2019", "a", 10.0),
        ("2019", "b", 7.0),
        ("2020", "a", -4.0),
        ("2020", "b", "n/a"),
    }
    answer = [("2019", "a", 10.4), ("2019", "b", 7.0), ("2020", "a", 90.0), ("2020", "b", "n/a")]
    shares = {
        (tolerance, strict): scrm.table_share(reference, answer, tolerance, strict)
        for tolerance in scrm.TOLERANCES
        for strict in (False, True)
    }
    # As published, a number is near a negative one whatever it is.
    assert shares["strict", False] == pytest.approx(3 / 5) and shares["strict", True] == pytest.approx(2 / 6)
    assert shares["slight", True] == pytest.approx(3 / 5)
    assert scrm.scrm(reference, answer, "slight", strict=True) == pytest.approx(0.2)  # 0.6 is under 0.5 + 0.1
    assert scrm.scrm(reference, reference, "strict", strict=True) == 1.0


def test_likeness_of_texts_is_by_what_both_have_in_order() -> None:
    assert indel_ratio("kitten", "sitting") == pytest.approx(8 / 13)
    assert (indel_ratio("", ""), indel_ratio("a", ""), indel_ratio("ab", "ab")) == (1.0, 0.0, 1.0)


def test_values_of_a_programs_own_kind_are_recorded_by_their_places(engine: RenderEngine) -> None:
    """Python's text of such a value is its address in memory, which no second run has."""
    code = (
        "import matplotlib.pyplot as plt, numpy as np\nfrom matplotlib import units\n"
        "class Length:\n    def __init__(self, metres): self.metres = metres\n"
        "class Converter(units.ConversionInterface):\n    @staticmethod\n"
        "    def convert(given, unit, axis):\n"
        "        return [one.metres for one in given] if np.iterable(given) else given.metres\n"
        "units.registry[Length] = Converter()\n"
        "plt.plot([Length(2), Length(5)], [1, 4], label='road')\nplt.savefig('a.png')\n"
    )
    one, other = (read_trace(result.trace) for result in drawn(engine, code, "# again\n" + code))
    assert one is not None and other is not None
    assert one.parts["table"] == [["2", "road", 1.0], ["5", "road", 4.0]]
    assert one.parts["elements"] == other.parts["elements"]
