"""Image2Struct's similarities of pictures and texts, as HELM measures them.

`reference`: the answer is stretched to the reference's size, and a failure has 0 in all of them, in the
distance of blocks too, where 0 is the best. `strict` puts both on one page, and mends:

- the similarity of pixels compares whole rows, and calls a row wrong that both pictures have in common with
  most others: a page with ink beside itself has about 0. Here pixels are compared that are not background in
  both pictures.
- ORB finds nothing in a plain picture, and the published code fails then. Here equal pictures have 1.
- the edit similarity cuts the reference to the answer's length, so that a first line is as good as all.
- the similarity by earth mover's distance may be under 0, where a white or black page is nearer.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

from vincicoder.evaluate.canvas import on_one_page, resized
from vincicoder.evaluate.earth_mover import block_distance, most_frequent_color
from vincicoder.evaluate.levenshtein import levenshtein
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair, Pixels
from vincicoder.sample import Language

_LANGUAGES = (Language.LATEX, Language.HTML, Language.LILYPOND)
_TOLERANCE, _FREQUENT, _NEAR_BITS, _SMALLEST = 0.02, 0.5, 70, 7
_MOST_CHARACTERS = 50_000


def grey(pixels: Pixels) -> Pixels:
    """Return a picture in grey, uint8 of shape (height, width)."""
    return np.asarray(Image.fromarray(pixels).convert("L"))


def row_similarity(answer: Pixels, reference: Pixels) -> float:
    """Return the published similarity of pixels: of grey rows, whose differences are taken modulo 256."""
    within = np.linalg.norm(answer - reference, axis=1) / 255 <= _TOLERANCE
    both = np.concatenate((answer, reference))
    _, kinds = np.unique(both, axis=0, return_inverse=True)
    frequent = (np.bincount(kinds) > len(both) * _FREQUENT / 2)[kinds]
    ignored = frequent[: len(answer)] | frequent[len(answer) :]
    return float(np.mean(~ignored & within))


def pixel_similarity(answer: Pixels, reference: Pixels) -> float:
    """Return the share of alike grey pixels among those that are not background in both pictures."""
    counts = np.bincount(reference.ravel(), minlength=256)
    background = int(counts.argmax()) if counts.max() > reference.size * _FREQUENT else -1
    shown = (answer != background) | (reference != background)
    alike = np.abs(answer.astype(np.int16) - reference) <= _TOLERANCE * 255
    return float(alike[shown].mean()) if shown.any() else 1.0


def orb_similarity(answer: Pixels, reference: Pixels) -> float:
    """Return the share of the answer's ORB features that differ in under 70 bits from one of the other's."""
    import cv2

    orb: Any = cv2.ORB_create()  # type: ignore[attr-defined]
    found = [orb.detectAndCompute(pixels, None)[1] for pixels in (answer, reference)]
    if any(features is None for features in found):
        return 0.0
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=False).match(*found)
    return sum(match.distance < _NEAR_BITS for match in matches) / len(matches) if matches else 0.0


def grey_ssim(answer: Pixels, reference: Pixels) -> float:
    """Return (SSIM + 1) / 2 of grey pictures; 0 where they are smaller than its window of 7 pixels."""
    if min(answer.shape) < _SMALLEST:
        return 0.0
    value: float = structural_similarity(answer, reference)  # type: ignore[no-untyped-call]
    return (float(value) + 1) / 2


def word_similarity(answer: str, reference: str) -> float:
    """Return 1 minus the edit distance of words over the longer text's number; 0 where one has none."""
    words = [_treebank().tokenize(text[:_MOST_CHARACTERS]) for text in (answer, reference)]
    if not all(words):
        return 0.0
    return 1 - levenshtein(*words) / max(map(len, words))


@cache
def _treebank() -> Any:
    from nltk.tokenize.treebank import TreebankWordTokenizer

    return TreebankWordTokenizer()


def earth_mover(answer: Pixels, reference: Pixels) -> tuple[float, float]:
    """Return the distance of blocks, and 1 minus it over that of a page of one colour: white where the
    reference's most frequent colour is dark, else black."""
    distance = block_distance(answer, reference)
    red, green, blue = most_frequent_color(reference)[0]
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < 127
    plain = np.full_like(reference, 255 if dark else 0)
    return distance, 1 - distance / block_distance(plain, reference)


def _moved(pair: Pair) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return distance and similarity, of stretched pictures and of those on one page."""
    if "earth mover" not in pair.kept:
        reference, answer = resized(pair)
        page, answered = on_one_page(pair)
        published = earth_mover(answer, reference)
        same = page.shape == reference.shape and np.array_equal(answer, answered)
        pair.kept["earth mover"] = (published, published if same else earth_mover(answered, page))
    found: tuple[tuple[float, float], tuple[float, float]] = pair.kept["earth mover"]
    return found


def _measure(pair: Pair) -> Mapping[str, Score]:
    reference, answer = resized(pair)
    page, answered = on_one_page(pair)
    equal = np.array_equal(page, answered)
    texts = [side.code or "" for side in (pair.answer, pair.reference)]
    moved, moved_on_page = (similarity for _, similarity in _moved(pair))
    grey_page, grey_answered = grey(page), grey(answered)
    ssim = max(2 * grey_ssim(grey_answered, grey_page) - 1, 0.0)
    return {
        "image2struct_pixel": Score(
            row_similarity(grey(answer), grey(reference)), pixel_similarity(grey_answered, grey_page)
        ),
        "image2struct_orb": Score(
            orb_similarity(answer, reference), 1.0 if equal else orb_similarity(answered, page)
        ),
        "image2struct_ssim": Score(grey_ssim(grey(answer), grey(reference)), 1.0 if equal else ssim),
        "image2struct_earth_mover": Score(moved, min(max(moved_on_page, 0.0), 1.0)),
        "image2struct_edit": Score(
            word_similarity(texts[0], texts[1][: len(texts[0])]),
            1.0 if texts[0].split() == texts[1].split() else word_similarity(*texts),
        ),
    }


def _block_distance(pair: Pair) -> Mapping[str, Score]:
    published, on_page = (distance for distance, _ in _moved(pair))
    return {"image2struct_block_distance": Score(published, min(on_page, 1.0))}


_SOURCE = (
    "stanford-crfm/helm (crfm-helm 0.5.16) "
    "helm/benchmark/metrics/vision_language/{image_metrics,image_utils,emd_utils}.py"
)


def _applies(pair: Pair) -> bool:
    return pair.language in _LANGUAGES and pair.reference.code is not None


METRIC = Metric(
    names=tuple(f"image2struct_{name}" for name in ("pixel", "orb", "ssim", "earth_mover", "edit")),
    source=_SOURCE,
    measure=_measure,
    applies=_applies,
    version=2,
)
BLOCK_DISTANCE = Metric(
    names=("image2struct_block_distance",),
    source=_SOURCE,
    measure=_block_distance,
    applies=_applies,
    worst=1.0,
    best=0.0,
    failed=0.0,
    version=2,
)
