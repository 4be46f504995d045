"""What is drawn in one of two pictures and not in the other, and how colours differ where both are drawn.

Pixels are compared one by one, so the pictures must be aligned (`vincicoder.verify.align`). SSIM and hashes
weigh a whole window or picture, of which a lost series or a moved word is a small part. Here it counts in
full: it is drawn in one picture only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.color import rgb2lab

from vincicoder.similarity.structure import commonest_color, levels_off

# Drawn for sure, and perhaps drawn: levels off the background. Between them lies what scaling and compression
# make of thin lines.
_SURE_LEVELS, _PERHAPS_LEVELS = 64, 24
_REACH = np.ones((5, 5), np.bool_)  # what is drawn two pixels away counts as drawn here
_LEAST_PIXELS = 10
# Corpora change contrast by up to so much.
_GAINS = (0.8, 1.25)

Pixels = NDArray[np.uint8]


def missing_share(first: Pixels, second: Pixels) -> float:
    """Return the share, 0 to 1, of what one picture surely shows and the other perhaps not even nearby.

    Pictures are uint8 of one shape (height, width, 3); of the two directions the larger share counts.
    """
    far = [_off_background(pixels) for pixels in (first, second)]
    nearby = [ndimage.binary_dilation(levels > _PERHAPS_LEVELS, _REACH) for levels in far]
    shares = []
    for levels, other in zip(far, reversed(nearby), strict=True):
        sure = levels > _SURE_LEVELS
        shares.append(float((sure & ~other).sum() / max(1, sure.sum())))
    return max(shares)


def chroma_distance(first: Pixels, second: Pixels) -> float:
    """Return the mean distance in CIELAB's a and b where both pictures show something; 0 where none does.

    The first is brought to the brightness and contrast of the second before: those are a corpus's taste.
    """
    both = np.minimum(_off_background(first), _off_background(second)) > _PERHAPS_LEVELS
    inner = ndimage.binary_erosion(both)  # edges are mixed with the background
    both = inner if inner.sum() >= 2 * _LEAST_PIXELS else both
    if both.sum() < _LEAST_PIXELS:
        return 0.0
    one, other = first.astype(np.float32), second.astype(np.float32)
    covariance = ((one - one.mean()) * (other - other.mean())).mean()
    gain = np.clip(covariance / max(float(one.var()), 1.0), *_GAINS)
    alike = np.clip((one - one.mean()) * gain + other.mean(), 0, 255)
    apart = rgb2lab(alike[both][None] / 255)[0, :, 1:] - rgb2lab(other[both][None] / 255)[0, :, 1:]
    return float(np.sqrt(np.square(apart).sum(axis=1)).mean())


def _off_background(pixels: Pixels) -> NDArray[np.int16]:
    return levels_off(pixels, commonest_color(pixels))
