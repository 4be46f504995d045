"""The preset `reference` is the published formula, checked against a transcription of its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.reward.answers import fenced, icon
from tests.similarity.models import save_tiny_dinov2
from vincicoder.reward import RewardConfig, RewardItem, RewardScorer
from vincicoder.similarity.tiles import cut_tiles, internvl_grid, native_grid, whole_tile


def nearest_ratio(width: int, height: int) -> tuple[int, int]:
    """InternVL's choice of columns and rows, as its model cards give it: 1 to 12 tiles."""
    ratios = {(i, j) for n in range(1, 13) for i in range(1, n + 1) for j in range(1, n + 1) if i * j <= 12}
    nearest, chosen = float("inf"), (1, 1)
    for i, j in sorted(ratios, key=lambda ratio: ratio[0] * ratio[1]):
        difference = abs(width / height - i / j)
        if difference < nearest:
            nearest, chosen = difference, (i, j)
        elif difference == nearest and width * height > 0.5 * 448 * 448 * i * j:
            chosen = (i, j)
    return chosen


def dynamic_preprocess(image: Image.Image) -> list[Image.Image]:
    """InternVL's dynamic resolution: tiles of 448 px, and a thumbnail if there is more than one."""
    chosen = nearest_ratio(*image.size)
    wide = image.resize((448 * chosen[0], 448 * chosen[1]), Image.Resampling.BICUBIC)
    tiles = []
    for number in range(chosen[0] * chosen[1]):
        left, top = number % chosen[0] * 448, number // chosen[0] * 448
        tiles.append(wide.crop((left, top, left + 448, top + 448)))
    if len(tiles) > 1:
        tiles.append(image.resize((448, 448), Image.Resampling.BICUBIC))
    return tiles


def published_visual(folder: Path, reference: Image.Image, candidate: Image.Image) -> float:
    """Resize, tile, take `hidden_states[-1][:, 0]`, cosine, (cos + 1) / 2, mean: in plain torch."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder).eval()
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

    def encode(tiles: list[Image.Image]) -> torch.Tensor:
        values = torch.stack([torch.from_numpy(np.array(tile)).float() / 255 for tile in tiles])
        values = ((values - mean) / deviation).permute(0, 3, 1, 2)
        with torch.inference_mode():
            return model(pixel_values=values, output_hidden_states=True).hidden_states[-1][:, 0]

    candidate = candidate.resize(reference.size, Image.Resampling.BICUBIC)
    first, second = encode(dynamic_preprocess(reference)), encode(dynamic_preprocess(candidate))
    return float(((torch.cosine_similarity(first, second, dim=1) + 1) / 2).mean())


def decoded(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def some_sizes() -> list[tuple[int, int]]:
    chance = np.random.default_rng(7)
    drawn = chance.integers(20, 3000, (190, 2)).tolist()
    return [
        (600, 600), (700, 500), (640, 480), (1280, 720), (448, 448), (449, 448), (800, 800), (100, 2000),
        (3000, 100), (634, 634), *map(tuple, drawn),
    ]  # fmt: skip


def test_the_grids_of_200_sizes_are_the_published_ones() -> None:
    sizes = some_sizes()
    assert len(sizes) == 200
    for width, height in sizes:
        grid = internvl_grid(width, height)
        assert (grid.columns, grid.rows) == nearest_ratio(width, height), (width, height)


@pytest.mark.parametrize("size", [(600, 600), (700, 500), (300, 900)])
def test_tiles_are_the_published_ones(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    expected = [np.array(tile) for tile in dynamic_preprocess(Image.fromarray(pixels))]
    tiles = list(cut_tiles(pixels, internvl_grid(*size)))
    if len(tiles) > 1:
        tiles += list(whole_tile(pixels))
    np.testing.assert_array_equal(np.stack(tiles), np.stack(expected))


def test_the_published_grid_jumps_and_the_native_one_does_not() -> None:
    assert internvl_grid(600, 600).count == 1
    assert internvl_grid(700, 500).count == 12
    counts = [native_grid(width, 500).count for width in range(500, 800, 10)]
    assert min(counts) == 4 and max(counts) <= 6
    assert all(4 <= native_grid(*size).count <= 12 for size in some_sizes())


@pytest.mark.parametrize(("width", "height"), [(300, 300), (420, 300)], ids=["one tile", "13 tiles"])
def test_scores_are_the_published_formula(
    tmp_path: Path, draw: Callable[[str, str], bytes], width: int, height: int
) -> None:
    folder = save_tiny_dinov2(tmp_path)
    wanted = icon(3).replace('width="300" height="300"', f'width="{width}" height="{height}"')
    answers = [icon(3), icon(8), wanted, "<svg broken"]
    reference = draw("svg", wanted)
    config = RewardConfig.preset("reference", encoder=str(folder), device="cpu", workers=1)
    with RewardScorer(config) as scorer:
        breakdowns = scorer.score_batch(
            [RewardItem(fenced(code, "svg"), reference, "svg") for code in answers]
        )
        (unfenced,) = scorer.score_batch([RewardItem(icon(3), reference, "svg")])
    for code, breakdown in zip(answers[:3], breakdowns[:3], strict=True):
        visual = published_visual(folder, decoded(reference), decoded(draw("svg", code)))
        assert breakdown.visual == pytest.approx(visual, abs=2e-5)
        assert breakdown.score == pytest.approx(0.9 * visual + 0.1, abs=2e-5)
    assert breakdowns[1].visual < breakdowns[2].visual == 1
    assert (breakdowns[3].score, breakdowns[3].reason) == (0.1, "render.error")
    assert unfenced.score == 0
