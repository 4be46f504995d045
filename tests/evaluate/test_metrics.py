"""Metrics: equals earn the best, failures and blanks the worst, and the numbers are the published ones."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vincicoder.evaluate.levenshtein import levenshtein
from vincicoder.evaluate.metric import EXECUTION, Score, score_pair
from vincicoder.evaluate.metrics import METRICS, molecule, tree_bleu
from vincicoder.evaluate.metrics.molecule import smiles_of
from vincicoder.evaluate.metrics.picture_error import decibels, mean_squared_error
from vincicoder.evaluate.metrics.tree_bleu import tree_forms
from vincicoder.evaluate.pair import Pair, Side
from vincicoder.evaluate.summary import interval, summarise


def png(width: int = 60, height: int = 40, box: tuple[int, int, int, int] | None = (10, 10, 30, 25)) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    if box:
        ImageDraw.Draw(image).rectangle(box, fill="navy")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


SIDE = Side("<svg><rect/></svg>", png())
PAIR = Pair("item", "svg", "svg", SIDE, SIDE)
METRIC_OF = {name: metric for metric in METRICS for name in metric.names}


def strict(pair: Pair) -> dict[str, float]:
    return {name: score.strict for name, score in score_pair(METRICS, pair).items()}


def test_a_pair_of_equals_earns_the_best_in_strict() -> None:
    best = {name: METRIC_OF[name].best for name in strict(PAIR) if name != EXECUTION}
    assert strict(PAIR) == pytest.approx({**best, EXECUTION: 1.0}, abs=1e-12)


@pytest.mark.parametrize(
    "answer",
    [
        Side(None, None, reason="answer.empty"),
        Side("<svg", None, reason="render.error"),
        Side("<svg/>", png(box=None)),
        Side("<svg/>", png(500, 500, None)),
    ],
    ids=["empty", "failed", "blank", "large blank"],
)
def test_failed_and_blank_earn_the_worst_in_strict(answer: Side) -> None:
    found = strict(replace(PAIR, answer=answer))
    assert found == {EXECUTION: 0.0} | {name: METRIC_OF[name].worst for name in found if name != EXECUTION}
    assert set(found) == set(strict(PAIR))


def test_a_reference_that_draws_nothing_has_no_published_score() -> None:
    found = score_pair(METRICS, replace(PAIR, reference=Side("<svg", None)))
    assert {score.reference for name, score in found.items() if name != EXECUTION} == {None}
    assert found[EXECUTION] == Score(1.0, 1.0)


def test_a_blank_that_was_asked_for_is_right() -> None:
    blank = Side("<svg/>", png(box=None))
    assert strict(Pair("item", "svg", "svg", blank, blank))["ssim"] == 1.0


def test_a_picture_of_another_size_is_stretched_as_published_and_not_in_strict() -> None:
    twice = Side(SIDE.code, png(120, 80, (20, 20, 61, 51)))
    found = score_pair(METRICS, replace(PAIR, answer=twice))
    reference, strict_value = found["ssim"].reference, found["ssim"].strict
    assert reference is not None and reference > 0.95 and strict_value < 0.85


def test_mean_squared_error_and_decibels_by_hand() -> None:
    black, grey = np.zeros((300, 7, 3), np.uint8), np.full((300, 7, 3), 51, np.uint8)
    assert mean_squared_error(black, grey) == pytest.approx(0.04)
    assert decibels(0.04) == pytest.approx(10 * np.log10(25))
    assert (decibels(0), decibels(1)) == (100.0, 0.0)


def test_levenshtein_is_that_of_the_table() -> None:
    def by_table(first: str, second: str) -> int:
        above = list(range(len(second) + 1))
        for row, left in enumerate(first, 1):
            line = [row]
            for column, top in enumerate(second, 1):
                line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (left != top)))
            above = line
        return above[-1]

    chance = random.Random(3)
    for _ in range(300):
        first, second = ("".join(chance.choices("abcd", k=chance.randrange(80))) for _ in range(2))
        assert levenshtein(first, second) == by_table(first, second)


def test_what_published_means_leave_out_counts_in_strict() -> None:
    scores = [
        {"m": Score(1.0, 1.0)},
        {"m": Score(None, 0.0)},
        {"m": Score(0.5, 0.4), "rare": Score(0.1, 0.1)},
    ]
    found = summarise(scores)
    assert (found["m"].reference, found["m"].averaged, found["m"].items) == (0.75, 2, 3)
    assert found["m"].strict == pytest.approx(1.4 / 3)
    assert (found["rare"].items, found["rare"].low, found["rare"].high) == (1, 0.1, 0.1)
    assert found["m"].low <= found["m"].strict <= found["m"].high


def test_the_interval_covers_the_mean_of_what_it_was_drawn_from() -> None:
    chance = np.random.default_rng(5)
    hits = 0
    for _ in range(40):
        low, high = interval(chance.random(60).tolist())
        hits += low <= 0.5 <= high
    assert 34 <= hits <= 40
    values = chance.random(200).tolist()
    low, high = interval(values)
    assert interval(values) == (low, high)
    assert high - low == pytest.approx(2 * 1.96 * np.std(values) / 200**0.5, rel=0.15)


@pytest.mark.parametrize(
    ("code", "smiles"),
    [
        ("from rdkit import Chem\nm = Chem.MolFromSmiles('CCO')", "CCO"),
        ("s = 'c1ccccc1'\nm = Chem.MolFromSmiles(s)", "c1ccccc1"),
        ("m = indigo.loadMolecule('CC')\nn = Chem.MolFromSmiles('CN')", "CN"),
        ("m = Chem.MolFromSmiles(make())", None),
        ("def broken(:", None),
        (None, None),
    ],
)
def test_the_smiles_of_a_program(code: str | None, smiles: str | None) -> None:
    assert smiles_of(code) == smiles


@pytest.mark.parametrize(
    ("answer", "expected"),  # valid, exact, exact without stereo, InChI, Tanimoto
    [
        ("N[C@@H](C)C(=O)O", (1, 1, 1, 1, 1.0)),
        ("OC(=O)[C@H](C)N", (1, 1, 1, 1, 1.0)),
        ("CC(N)C(=O)O", (1, 0, 1, 0, 1.0)),
        ("CC(O)C(=O)O", (1, 0, 0, 0, 0.5)),
        ("C1CC", (0, 0, 0, 0, 0.0)),
    ],
)
def test_molecules_are_compared(answer: str, expected: tuple[float, ...]) -> None:
    def side(smiles: str) -> Side:
        return Side(f"m = Chem.MolFromSmiles('{smiles}')", SIDE.png)

    pair = Pair("m", "python", "molecule", side("C[C@H](N)C(=O)O"), side(answer))
    found = score_pair([molecule.METRIC], pair)
    assert [found[name].strict for name in molecule.METRIC.names] == pytest.approx(expected, abs=0.1)
    assert all(found[name].reference == found[name].strict for name in molecule.METRIC.names)


def test_a_page_is_compared_by_its_elements_with_children() -> None:
    page = "<!DOCTYPE html><html><body><ul><li>a<li>b</ul><br><p><b>x</b> y</p></div></body></html>"
    forms = {"html_body", "body_ul_br_p", "ul_li", "li_li", "p_b"}
    assert tree_forms(page, only_html=True) == forms
    assert tree_forms(page, only_html=False) == forms | {"_html"}
    assert tree_forms("<p><i>x</i></p>", only_html=True) == set()
    other = Side("<html><body><ul><li>a</ul><p>z</p></body></html>", SIDE.png)
    found = score_pair([tree_bleu.METRIC], Pair("p", "html", "web", Side(page, SIDE.png), other))["tree_bleu"]
    assert (found.reference, found.strict) == pytest.approx((2 / 5, 3 / 6))
