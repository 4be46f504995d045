"""What each option of the reward does to planted pairs, with it and without. Part of `benchmarks.reward`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.ladders import PROGRAMS, Fault, Pixels
from benchmarks.reward_ladders import draw_all
from vincicoder.render import RenderRequest
from vincicoder.render.png import png_file
from vincicoder.reward import RewardConfig, RewardScorer
from vincicoder.similarity.encoders.base import EMBEDDED

_FAULTS: Mapping[str, Fault] = {
    "truth": Fault(),
    "text": Fault(words=7),
    "colour": Fault(hue=90),
    "missing": Fault(missing=3),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """The visual term of one kind of faulty picture, mean of four languages, with the option and without.

    `true_with` and `true_without` are the same for a picture without fault, seen the same way.
    """

    pair: str
    with_option: float
    without: float
    true_with: float
    true_without: float


@dataclass(frozen=True, slots=True)
class _Case:
    off: Mapping[str, Any]
    pair: str
    make: Callable[[Mapping[str, Pixels], Pixels], tuple[Pixels, Pixels]]  # -> reference, candidate


def _resized(pixels: Pixels, width: float, height: float) -> Pixels:
    size = (round(pixels.shape[1] * width), round(pixels.shape[0] * height))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def _on_paper(pixels: Pixels) -> Pixels:
    """Put a picture into the corner of a white sheet of nine times its area."""
    height, width = pixels.shape[:2]
    sheet = np.full((height * 3, width * 3, 3), 255, np.uint8)
    sheet[:height, :width] = pixels
    return sheet


def _small(pixels: Pixels) -> Pixels:
    """Shrink a picture until the published grid has one tile for it."""
    scale = 440 / max(pixels.shape[:2])
    return _resized(pixels, scale, scale)


CASES: Mapping[str, _Case] = {
    "aspect_power": _Case(
        {"aspect_power": 0.0},
        "stretched to 0.7 of the width and 1.4 of the height",
        lambda drawn, _: (drawn["truth"], _resized(drawn["truth"], 0.7, 1.4)),
    ),
    "size_power": _Case(
        {"size_power": 0.0},
        "a quarter of the width and height",
        lambda drawn, _: (drawn["truth"], _resized(drawn["truth"], 0.25, 0.25)),
    ),
    "rescale": _Case(
        {"rescale": False}, "another program's picture", lambda drawn, other: (drawn["truth"], other)
    ),
    "feature": _Case(
        {"feature": "hidden"},
        "three of six elements missing",
        lambda drawn, _: (drawn["truth"], drawn["missing"]),
    ),
    "grid": _Case(
        {"grid": "internvl"},
        "three of six elements missing, 440 pixels wide",
        lambda drawn, _: (_small(drawn["truth"]), _small(drawn["missing"])),
    ),
    "skip_blank_tiles": _Case(
        {"skip_blank_tiles": False},
        "three of six elements missing, in the corner of a white sheet",
        lambda drawn, _: (_on_paper(drawn["truth"]), _on_paper(drawn["missing"])),
    ),
    "text_weight": _Case(
        {"text_weight": 0.0}, "all words changed", lambda drawn, _: (drawn["truth"], drawn["text"])
    ),
    "color_weight": _Case(
        {"color_weight": 0.0}, "hues turned by 90 degrees", lambda drawn, _: (drawn["truth"], drawn["colour"])
    ),
}


def measure_options(encoder: str = EMBEDDED) -> dict[str, Effect]:
    """Score each option's pair with the preset `default`, and with that option as published."""
    drawn = _draw()
    others = dict(zip(PROGRAMS, [*list(PROGRAMS)[1:], next(iter(PROGRAMS))], strict=True))
    pairs = {
        name: [case.make(drawn[language], drawn[others[language]]["truth"]) for language in PROGRAMS]
        for name, case in CASES.items()
    }

    def measure(scorer: RewardScorer, name: str) -> tuple[float, float]:
        def mean(candidates: list[tuple[Pixels, Pixels]]) -> float:
            terms = (scorer.compare_picture(png_file(one), other).visual for one, other in candidates)
            return round(fmean(terms), 3)

        return mean(pairs[name]), mean([(reference, reference) for reference, _ in pairs[name]])

    with RewardScorer(RewardConfig.preset("default", encoder=encoder, workers=1)) as scorer:
        with_options = {name: measure(scorer, name) for name in CASES}
    effects: dict[str, Effect] = {}
    for name, case in CASES.items():
        config = RewardConfig.preset("default", encoder=encoder, workers=1, **case.off)
        with RewardScorer(config) as scorer:
            fault, truth = measure(scorer, name)
        effects[name] = Effect(case.pair, with_options[name][0], fault, with_options[name][1], truth)
    return effects


def _draw() -> dict[str, dict[str, Pixels]]:
    """Return the pictures of each language's program, by the name of its fault."""
    drawn = draw_all(
        RenderRequest(f"{language}/{name}", language, write(fault))
        for language, write in PROGRAMS.items()
        for name, fault in _FAULTS.items()
    )
    return {language: {name: drawn[f"{language}/{name}"] for name in _FAULTS} for language in PROGRAMS}
