"""Two runs compared: the tests of chance, by hand and against the textbook."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import permutation_test

from vincicoder.evaluate.comparison import compare_scores, holm, paired_permutation


def test_few_pairs_are_tested_exactly() -> None:
    first, second = [0.1, 0.5, 0.2, 0.9, 0.4, 0.3], [0.2, 0.7, 0.2, 0.8, 0.9, 0.5]
    apart = [b - a for a, b in zip(first, second, strict=True) if a != b]
    as_far = [
        abs(sum(map(lambda sign, value: sign * value, signs, apart))) >= abs(sum(apart)) - 1e-12
        for signs in itertools.product((1, -1), repeat=len(apart))
    ]
    assert paired_permutation(first, second) == pytest.approx(sum(as_far) / len(as_far))
    assert paired_permutation(first, first) == 1.0


def test_many_pairs_are_tested_as_scipy_does() -> None:
    chance = np.random.default_rng(1)
    first = chance.random(80)
    second = first + chance.normal(0.03, 0.15, 80)
    ours = paired_permutation(first.tolist(), second.tolist())
    theirs = permutation_test(
        (first, second),
        lambda a, b: np.mean(a - b),
        permutation_type="samples",
        n_resamples=4_000,
        rng=np.random.default_rng(7),
    ).pvalue
    assert ours == pytest.approx(theirs, abs=0.03)
    assert ours == paired_permutation(first.tolist(), second.tolist())


def test_of_runs_that_are_alike_few_are_called_different() -> None:
    chance = np.random.default_rng(2)
    found = [paired_permutation(*chance.random((2, 12)).tolist()) for _ in range(300)]
    assert 5 <= sum(p < 0.05 for p in found) <= 27


def test_holm_allows_for_the_number_of_metrics() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_better_run_is_named_where_it_is_no_chance() -> None:
    low, high = [0.1 + n / 100 for n in range(20)], [0.4 + n / 90 for n in range(20)]
    found = compare_scores({"ssim": (low, high), "mse": (low, high), "psnr": (low, low)}, frozenset({"mse"}))
    assert (found["ssim"].better, found["mse"].better, found["psnr"].better) == ("b", "a", "")
    assert found["ssim"].low < found["ssim"].difference < found["ssim"].high
    assert found["ssim"].p < 5e-4 and found["psnr"].p == 1.0
