"""Ways to spoil a picture so that it no longer shows what its code draws. None where a way does not apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vincicoder.similarity.structure import commonest_color, ink_mask

Pixels = NDArray[np.uint8]


def shift_colors(pixels: Pixels, chance: np.random.Generator) -> Pixels | None:
    """Turn all hues by a third of the circle or more; does not apply to grey pictures."""
    colored = pixels.max(axis=2).astype(int) - pixels.min(axis=2) > 40
    if colored.mean() < 0.002:
        return None
    hsv = np.asarray(Image.fromarray(pixels).convert("HSV")).copy()
    hsv[..., 0] += np.uint8(chance.integers(85, 171))
    return np.asarray(Image.fromarray(hsv, "HSV").convert("RGB"))


def drop_element(pixels: Pixels, chance: np.random.Generator) -> Pixels | None:
    """Paint over all of one colour, or one connected piece: 4 to 60 % of what is drawn."""
    background = commonest_color(pixels)
    ink = ink_mask(pixels, background)
    total = ink.sum()
    labels = (pixels >> 5).astype(np.int32)
    labels = labels[..., 0] << 6 | labels[..., 1] << 3 | labels[..., 2]
    for pieces in (np.where(ink, labels + 1, 0), ndimage.label(ink)[0]):
        counts = np.bincount(pieces.ravel())
        counts[0] = 0
        fitting = np.flatnonzero((counts >= 0.04 * total) & (counts <= 0.6 * total))
        if len(fitting):
            gone = ndimage.binary_dilation(pieces == chance.choice(fitting), iterations=1)
            spoilt = pixels.copy()
            spoilt[gone] = background.astype(np.uint8)
            return spoilt
    return None


def translate_labels(pixels: Pixels, chance: np.random.Generator) -> Pixels | None:
    """Move up to three words by two to four times their height, sideways and along."""
    background = commonest_color(pixels)
    ink = ink_mask(pixels, background)
    pieces, _ = ndimage.label(ndimage.binary_dilation(ink, np.ones((3, 9))))
    words = []
    for place in ndimage.find_objects(pieces):
        height, width = (part.stop - part.start for part in place)
        if 8 <= height <= 48 and width >= 1.5 * height and 0.1 < ink[place].mean() < 0.6:
            words.append(place)
    if not words:
        return None
    spoilt = pixels.copy()
    for index in chance.permutation(len(words))[:3]:
        rows, columns = words[index]
        height = rows.stop - rows.start
        shift = [int(chance.choice((-1, 1)) * chance.uniform(2, 4) * height) for _ in range(2)]
        top = int(np.clip(rows.start + shift[0], 0, pixels.shape[0] - height))
        left = int(np.clip(columns.start + shift[1], 0, pixels.shape[1] - (columns.stop - columns.start)))
        word = pixels[rows, columns].copy()
        spoilt[rows, columns] = background.astype(np.uint8)
        spoilt[top : top + word.shape[0], left : left + word.shape[1]] = word
    return spoilt


def crop(pixels: Pixels, chance: np.random.Generator) -> Pixels | None:
    """Cut 15 to 30 % off one side."""
    height, width = pixels.shape[:2]
    share = chance.uniform(0.15, 0.3)
    rows, columns = int(height * share), int(width * share)
    side = chance.integers(4)
    cut = (
        pixels[rows:],
        pixels[: height - rows],
        pixels[:, columns:],
        pixels[:, : width - columns],
    )[side]
    return cut if min(cut.shape[:2]) >= 16 else None


CORRUPTIONS: Mapping[str, Callable[[Pixels, np.random.Generator], Pixels | None]] = {
    "colors": shift_colors,
    "drop": drop_element,
    "translate": translate_labels,
    "crop": crop,
}
