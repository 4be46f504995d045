"""The earth mover's distance of two pictures by blocks, as Image2Struct measures it.

Both pictures are made so small that they have about a hundred blocks of 8 by 8 pixels, and turned grey. A
block is moved to another at the cost of turning its pixels into the other's (itself an earth mover's
distance, of grey value and place) and of the way between them. Pixels of the reference's most frequent
colour, and blocks of nothing else, weigh next to nothing. From stanford-crfm/helm, crfm-helm 0.5.16,
helm/benchmark/metrics/vision_language/emd_utils.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.evaluate.pair import Pixels

_SIDE, _MOST_BLOCKS, _FREQUENT, _LIGHT = 8, 100, 0.5, 0.001
_GREY = (0.299, 0.587, 0.114)
Floats = NDArray[np.float32]


def most_frequent_color(pixels: Pixels) -> tuple[Pixels, float]:
    """Return the colour that most pixels have (of equals the first by red, green, blue), and their share."""
    colors, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    first = int(counts.argmax())
    return colors[first], float(counts[first] / counts.sum())


def block_distance(answer: Pixels, reference: Pixels) -> float:
    """Return the distance of two pictures of one size, 0 for equal ones. uint8 RGB of shape (h, w, 3)."""
    answer, reference = (_few_blocks(pixels) for pixels in (answer, reference))
    frequent, share = most_frequent_color(reference)
    grey = float(_grey(frequent))
    first, second = (_blocks(pixels, frequent, grey) for pixels in (answer, reference))
    if share > _FREQUENT:
        shown = np.any(first[:, 1:-2] != grey, axis=1) | np.any(second[:, 1:-2] != grey, axis=1)
        if shown.any():
            first, second = first[shown], second[shown]
    weights = np.maximum(first[:, 0], second[:, 0])
    weights /= np.sum(weights)
    first[:, 0] = second[:, 0] = weights
    height, width = reference.shape[:2]
    return _moved(first, second, grey, _SIDE / (height + width))


def _few_blocks(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    blocks = math.ceil(width / _SIDE) * math.ceil(height / _SIDE)
    if blocks <= _MOST_BLOCKS:
        return pixels
    columns = math.ceil((width / _SIDE) / (blocks / _MOST_BLOCKS) ** 0.5)
    size = (columns * _SIDE, math.floor(_MOST_BLOCKS / columns) * _SIDE)
    # A picture over a hundred times as wide as high would have no height left.
    return np.asarray(
        Image.fromarray(pixels).resize((min(size[0], _MOST_BLOCKS * _SIDE), max(size[1], _SIDE)))
    )


def _blocks(pixels: Pixels, frequent: Pixels, grey: float) -> Floats:
    """Return one row a block: weight, grey values of its pixels, and its place in parts of the picture."""
    height, width = pixels.shape[:2]
    rows, columns = -(-height // _SIDE), -(-width // _SIDE)
    page = np.empty((rows * _SIDE, columns * _SIDE, 3), np.uint8)
    page[:] = frequent
    page[:height, :width] = pixels
    values = _grey(page)
    values = values.reshape(rows, _SIDE, columns, _SIDE).transpose(0, 2, 1, 3).reshape(-1, _SIDE * _SIDE)
    places = np.mgrid[0:rows, 0:columns].transpose(1, 2, 0).reshape(-1, 2) / np.array([rows, columns])
    differ = np.any(values != grey, axis=1, keepdims=True).astype(np.float32)
    weights = _LIGHT + (1 - _LIGHT) * differ
    weights /= np.sum(weights)
    return np.hstack((weights, values, places)).astype(np.float32)


def _grey(pixels: Pixels) -> NDArray[np.float64]:
    """Return grey values, 0 to 1. Equal colours have equal ones on every processor, unlike by the published
    product of matrices: there a background may then weigh as much as what is drawn."""
    red, green, blue = np.moveaxis(pixels.astype(np.float64) / 255, -1, 0)
    return np.asarray(red * _GREY[0] + green * _GREY[1] + blue * _GREY[2])


def _pixels_of(blocks: Floats, grey: float) -> Floats:
    """Return every block as its pixels: weight, grey value, and place within it; shape (blocks, 64, 4)."""
    values = blocks[:, 1:-2, None]
    across, down = np.meshgrid(np.arange(_SIDE) / _SIDE, np.arange(_SIDE) / _SIDE)
    places = np.stack((across.ravel(), down.ravel()), axis=1)
    weights = _LIGHT + (1 - _LIGHT) * (values != grey).astype(np.float32)
    weights *= blocks[:, :1].reshape(-1, 1, 1)
    weights /= np.sum(weights, axis=1, keepdims=True)
    everywhere = np.repeat(places[None], len(blocks), axis=0)
    return np.concatenate((weights, values, everywhere), axis=2).astype(np.float32)


def _moved(first: Floats, second: Floats, grey: float, step: float) -> float:
    """Return the cost of the cheapest way to move one list of blocks onto the other.

    The published code computes the cost of every block to every other, some 10,000 small transports. Here a
    cost is first bounded from below. A cost that the cheapest way uses is then computed, until the cheapest
    way uses no bound any more. It is the cheapest of all then, as no bound is over its cost.
    """
    import cv2

    ours, theirs = _pixels_of(first, grey), _pixels_of(second, grey)
    ways = (np.abs(first[:, None, -2:] - second[None, :, -2:]).sum(axis=2)) * step
    costs = (_least(ours, theirs) * (1 - 1e-5) + ways).astype(np.float32)
    known = np.zeros(costs.shape, bool)
    found: dict[tuple[bytes, bytes], float] = {}
    while True:
        distance, _, flow = cv2.EMD(first, second, cv2.DIST_USER, costs)
        wanted = np.argwhere((flow > 0) & ~known)
        if not len(wanted):
            return float(distance)
        for row, column in wanted:
            costs[row, column] = _turned(ours[row], theirs[column], found) + ways[row, column]
            known[row, column] = True


def _least(ours: Floats, theirs: Floats) -> NDArray[np.float64]:
    """Return what turning each block into each other costs at least: its distances by grey value, by column
    and by row alone add up to no more than the whole, as ways are measured along the axes."""
    weights = [side[:, :, 0].astype(np.float64) for side in (ours, theirs)]
    least = np.zeros((len(ours), len(theirs)))
    for axis in (1, 2):
        below = [weight.reshape(-1, _SIDE, _SIDE).sum(axis=axis).cumsum(axis=1) for weight in weights]
        least += np.abs(below[0][:, None] - below[1][None]).sum(axis=2) / _SIDE
    for row in range(len(ours)):
        values = np.concatenate([np.broadcast_to(ours[row, :, 1], theirs.shape[:2]), theirs[:, :, 1]], axis=1)
        signed = np.concatenate([np.broadcast_to(weights[0][row], theirs.shape[:2]), -weights[1]], axis=1)
        order = values.argsort(axis=1)
        steps = np.diff(np.take_along_axis(values, order, 1), axis=1)
        least[row] += np.abs(np.take_along_axis(signed, order, 1).cumsum(axis=1)[:, :-1] * steps).sum(axis=1)
    return least


def _turned(block: Floats, other: Floats, found: dict[tuple[bytes, bytes], float]) -> float:
    import cv2

    name = (block.tobytes(), other.tobytes())
    if name not in found:
        value: Any = cv2.EMD(block, other, cv2.DIST_L1)[0]
        found[name] = float(value)
    return found[name]
