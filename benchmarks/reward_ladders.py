"""Whether a reward falls as faults grow: Kendall's tau of each ladder. Part of `benchmarks.reward`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean

import numpy as np
from scipy.stats import kendalltau

from benchmarks.ladders import PIXEL_LADDERS, PROGRAM_LADDERS, PROGRAMS, STEPS, Fault, Pixels
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.png import png_file
from vincicoder.reward import RewardConfig, RewardScorer
from vincicoder.similarity.encoders.base import EMBEDDED

PRESETS = ("reference", "default")


def measure_ladders(
    ladders: Sequence[str], encoder: str = EMBEDDED
) -> dict[str, dict[str, dict[str, float]]]:
    """Return, for each ladder and preset, the mean tau ("tau"), each language's tau, and the mean fall of the
    visual term from the truth to the first and to the last step ("first", "last").

    Tau is 1 where every step has a lower score than the one before, 0 where the score is flat.
    """
    pictures = _draw(ladders)
    found: dict[str, dict[str, dict[str, float]]] = {ladder: {} for ladder in ladders}
    for preset in PRESETS:
        config = RewardConfig.preset(preset, encoder=encoder, workers=1)
        with RewardScorer(config) as scorer:
            for ladder in ladders:
                found[ladder][preset] = _measure(scorer, pictures, ladder)
    return found


def _measure(
    scorer: RewardScorer, pictures: dict[tuple[str, str], list[Pixels]], ladder: str
) -> dict[str, float]:
    taus, first, last = {}, [], []
    for language in PROGRAMS:
        truth = pictures[language, ""][0]
        reference = png_file(truth)
        scores = [
            round(scorer.compare_picture(reference, picture).visual, 6)
            for picture in (truth, *pictures[language, ladder])
        ]
        tau = float(kendalltau(range(STEPS), [-score for score in scores[1:]]).statistic)
        taus[language] = 0.0 if math.isnan(tau) else round(tau, 3)
        first.append(scores[0] - scores[1])
        last.append(scores[0] - scores[-1])
    return {
        "tau": round(fmean(taus.values()), 3),
        **taus,
        "first": round(fmean(first), 4),
        "last": round(fmean(last), 4),
    }


def draw_all(requests: Iterable[RenderRequest]) -> dict[str, Pixels]:
    """Return the picture of each request by its id. Raises RuntimeError where one could not be drawn."""
    drawn: dict[str, Pixels] = {}
    with RenderEngine(workers=1, output="pixels", measure=False) as engine:
        for result in engine.render(requests):
            if result.pixels is None:
                raise RuntimeError(f"{result.request_id} could not be drawn: {result.detail}")
            drawn[result.request_id] = np.ascontiguousarray(result.pixels)
    return drawn


def _draw(ladders: Sequence[str]) -> dict[tuple[str, str], list[Pixels]]:
    """Return the pictures of each language's ladders, and its truth under the name ""."""
    wanted: dict[str, tuple[str, str]] = {}
    requests: list[RenderRequest] = []
    faults = {"": (Fault(),), **{name: PROGRAM_LADDERS[name] for name in ladders if name in PROGRAM_LADDERS}}
    for language, write in PROGRAMS.items():
        for ladder, steps in faults.items():
            for step, fault in enumerate(steps):
                name = f"{ladder}/{language}/{step}"
                wanted[name] = (language, ladder)
                requests.append(RenderRequest(name, language, write(fault)))
    drawn = draw_all(requests)
    pictures: dict[tuple[str, str], list[Pixels]] = {}
    for name, place in wanted.items():
        pictures.setdefault(place, []).append(drawn[name])
    for ladder in ladders:
        if ladder in PIXEL_LADDERS:
            for language in PROGRAMS:
                truth = pictures[language, ""][0]
                pictures[language, ladder] = [PIXEL_LADDERS[ladder](truth, step) for step in range(STEPS)]
    return pictures
