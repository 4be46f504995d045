"""How similar a candidate picture is to a reference: tiles, features, cosines, lettering, colours."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.reward.config import RewardConfig
from vincicoder.reward.items import ReferencePicture
from vincicoder.similarity.color_distance import color_distance
from vincicoder.similarity.compare import resize_picture
from vincicoder.similarity.text import text_similarity
from vincicoder.similarity.tiles import Grid, cut_tiles, internvl_grid, native_grid, whole_tile
from vincicoder.verify.picture import ink_fraction

_INK_LEVELS = 12
_EMPTY_SIDE = 112  # pixels a side that are looked at, to tell whether a tile is empty
# Below this share of ink a picture is blank, as for the training data (PictureLimits.min_ink_fraction).
BLANK_INK = 0.0003
_MOST_COLOR_PIXELS = 65_536
_LPIPS_SIDE = 256


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference ready to be compared with: `features` are of unit length, the whole picture's last."""

    picture: ReferencePicture
    grid: Grid
    empty: NDArray[np.bool_]  # which tiles of the grid hold no ink
    features: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The visual terms of a breakdown, 0 to 1: see `Breakdown`. `tiles`: the likeness of each tile."""

    visual: float
    coarse: float
    fine: float
    text: float
    color: float
    lpips: float
    aspect: float
    size: float
    tiles: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Baseline:
    """The cosines of unrelated pictures: see `unrelated_cosines`."""

    coarse: float
    fine: float


def choose_grid(pixels: NDArray[np.uint8], config: RewardConfig) -> Grid:
    """Return the grid that a reference of this size is cut into."""
    height, width = pixels.shape[:2]
    if config.grid == "internvl":
        return internvl_grid(width, height, config.most_tiles)
    return native_grid(width, height, least=min(4, config.most_tiles), most=config.most_tiles)


def cut(pixels: NDArray[np.uint8], grid: Grid, side: int) -> NDArray[np.uint8]:
    """Return a picture's tiles and then, where there is more than one, the whole picture as a tile.

    `side` is the tiles' size in pixels, the encoder's own: the grid does not depend on it.
    """
    tiles = cut_tiles(pixels, grid, side)
    return tiles if grid.count == 1 else np.concatenate([tiles, whole_tile(pixels, side)])


def fit(pixels: NDArray[np.uint8], reference: Reference) -> NDArray[np.uint8]:
    """Return a candidate stretched (bicubic) to the reference's size, as published."""
    height, width = reference.picture.pixels.shape[:2]
    return resize_picture(pixels, width, height)


def empty_tiles(tiles: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which tiles hold no ink: at most a thousandth of the pixels off the commonest colour."""
    step = max(1, tiles.shape[1] // _EMPTY_SIDE)
    return np.array([ink_fraction(tile[::step, ::step], _INK_LEVELS) <= 0.001 for tile in tiles])


def is_blank(pixels: NDArray[np.uint8]) -> bool:
    """Whether a picture shows nothing: one colour, give or take a speck."""
    return ink_fraction(pixels, _INK_LEVELS) < BLANK_INK


def compare(
    reference: Reference,
    candidate: NDArray[np.uint8],
    features: NDArray[np.float32],
    empty: NDArray[np.bool_],
    config: RewardConfig,
    baseline: Baseline | None,
    lpips: float,
    kept: float = 1.0,
) -> Likeness:
    """Mix the visual term. `candidate` has its own size; `features` and `empty` are of its tiles when cut
    as the reference was; `lpips` is 1 minus the distance; `kept` is what moving its bands has left."""
    cosines = np.einsum("ij,ij->i", reference.features, features).astype(np.float64)
    levels = np.array([_rescaled(c, n, len(cosines), baseline) for n, c in enumerate(cosines)])
    fine_levels = levels[: reference.grid.count]
    if config.skip_blank_tiles:
        shown = ~(reference.empty & empty)
        fine = float(fine_levels[shown].mean()) if shown.any() else 1.0
    else:
        fine = float(fine_levels.mean())
    coarse = float(levels[-1])
    pixels = reference.picture.pixels
    text = text_similarity(pixels, candidate) if config.text_weight else None
    color = _color(pixels, candidate, config.color_scale) if config.color_weight else 0.0
    if config.coarse_weight is None:
        visual = float(levels.mean())
    else:
        terms = [
            (config.coarse_weight, coarse),
            (config.fine_weight, fine),
            (config.text_weight if text is not None else 0.0, text or 0.0),
            (config.color_weight, color),
            (config.lpips_weight, lpips),
        ]
        visual = sum(weight * value for weight, value in terms) / sum(weight for weight, _ in terms)
    aspect, size = _shape(pixels, candidate, config)
    aspect *= kept
    return Likeness(
        visual=min(max(visual * aspect * size, 0.0), 1.0),
        coarse=coarse,
        fine=fine,
        text=1.0 if text is None else text,
        color=color,
        lpips=lpips,
        aspect=aspect,
        size=size,
        tiles=tuple(float(level) for level in levels),
    )


def _rescaled(cosine: float, place: int, count: int, baseline: Baseline | None) -> float:
    """Return the likeness that a cosine means: with a baseline 0 for unrelated pictures; else published."""
    if baseline is None:
        return (min(max(cosine, -1.0), 1.0) + 1) / 2
    floor = baseline.coarse if place == count - 1 else baseline.fine
    return min(max((cosine - floor) / max(1 - floor, 1e-6), 0.0), 1.0)


def _color(reference: NDArray[np.uint8], candidate: NDArray[np.uint8], scale: float) -> float:
    return float(np.exp(-color_distance(_sampled(reference), _sampled(candidate)) / scale))


def _sampled(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return every n-th pixel: colours need no more, and stay unmixed."""
    step = max(1, int((pixels.shape[0] * pixels.shape[1] / _MOST_COLOR_PIXELS) ** 0.5))
    return pixels[::step, ::step]


def _shape(
    reference: NDArray[np.uint8], candidate: NDArray[np.uint8], config: RewardConfig
) -> tuple[float, float]:
    """Return the factors for another aspect ratio and another size."""
    height, width = reference.shape[:2]
    candidate_height, candidate_width = candidate.shape[:2]
    ratio = (candidate_width * height) / (candidate_height * width)
    scale = (candidate_width * candidate_height / (width * height)) ** 0.5
    aspect = min(ratio, 1 / ratio) ** config.aspect_power
    size = min(1.0, config.free_size_ratio * min(scale, 1 / scale)) ** config.size_power
    return aspect, size


def for_lpips(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return both as 256-pixel squares, the size that LPIPS was calibrated near."""
    side = (_LPIPS_SIDE, _LPIPS_SIDE)
    return [
        np.asarray(Image.fromarray(p).resize(side, Image.Resampling.BICUBIC)) for p in (reference, candidate)
    ]
