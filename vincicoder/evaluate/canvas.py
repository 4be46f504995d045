"""Two pictures of different sizes made comparable, in the two ways that the metrics of pictures need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from vincicoder.evaluate.pair import Pair, Pixels

# Pixels of one picture beyond which both are shrunk alike first: their metrics would fill the memory.
_MOST_PIXELS = 4_000_000


def resized(pair: Pair) -> tuple[Pixels, Pixels]:
    """Return reference and answer, the answer stretched to the reference's size, as published evaluators do
    (Pillow's `resize`, which is bicubic)."""
    return _kept(pair, "resized", _resized)


def on_one_page(pair: Pair) -> tuple[Pixels, Pixels]:
    """Return reference and answer, each at the top left of a white page that holds both: what a picture is
    too large or too small counts."""
    if pair.reference.pixels.shape == pair.answer.pixels.shape:
        return resized(pair)
    return _kept(pair, "on one page", _on_one_page)


def measured_both_ways(pair: Pair, measure: Callable[[Pixels, Pixels], float]) -> tuple[float, float]:
    """Return what a measure gives of stretched pictures, and of those on one page: computed once where both
    are of one size, and so the same."""
    published = measure(*resized(pair))
    same = pair.reference.pixels.shape == pair.answer.pixels.shape
    return published, published if same else measure(*on_one_page(pair))


def _kept(pair: Pair, name: str, make: object) -> tuple[Pixels, Pixels]:
    if name not in pair.kept:
        reference, answer = make(pair.reference.pixels, pair.answer.pixels)  # type: ignore[operator]
        scale = (_MOST_PIXELS / (reference.shape[0] * reference.shape[1])) ** 0.5
        if scale < 1:
            reference, answer = _shrunk(reference, scale), _shrunk(answer, scale)
        pair.kept[name] = reference, answer
    found: tuple[Pixels, Pixels] = pair.kept[name]
    return found


def _resized(reference: Pixels, answer: Pixels) -> tuple[Pixels, Pixels]:
    if answer.shape != reference.shape:
        height, width = reference.shape[:2]
        answer = np.asarray(Image.fromarray(answer).resize((width, height)))
    return reference, answer


def _on_one_page(reference: Pixels, answer: Pixels) -> tuple[Pixels, Pixels]:
    height = max(reference.shape[0], answer.shape[0])
    width = max(reference.shape[1], answer.shape[1])
    padded = []
    for pixels in (reference, answer):
        room = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
        padded.append(np.pad(pixels, room, constant_values=255))
    return padded[0], padded[1]


def _shrunk(pixels: Pixels, scale: float) -> Pixels:
    size = (max(1, int(pixels.shape[1] * scale)), max(1, int(pixels.shape[0] * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
