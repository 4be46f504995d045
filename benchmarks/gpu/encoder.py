"""DINOv2 of the published size: tiles a second, memory, and whether bf16 gives fp32's scores."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from benchmarks.gpu import models
from benchmarks.gpu.part import Part
from benchmarks.gpu.peak import peak_of_process
from benchmarks.naive.hidden_states import HiddenStatesEncoder
from vincicoder.reward import RewardConfig
from vincicoder.reward.items import decode_reference
from vincicoder.reward.visual import Baseline, Reference, choose_grid, compare, cut, empty_tiles
from vincicoder.similarity.baseline import unrelated_cosines
from vincicoder.similarity.encoders.transformer import TransformerEncoder
from vincicoder.similarity.tile_features import TileFeatures

Tiles = NDArray[np.uint8]


def measure(part: Part) -> None:
    """Note speed by batch size and number type, the published path beside it, and the agreement of scores."""
    import torch

    settings, folder = part.settings, models.dino(part)
    if not part.gpu:  # as our encoder does: threads that wait for a processor spin
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // 2))
    rows = pq.read_table(part.data / "pairs.parquet").slice(0, settings.pairs).to_pylist()
    tiles = _tiles(rows, settings.tiles)
    part.note(pairs=len(rows), tiles=len(tiles), tile_pixels=tiles.shape[1])

    def ours(dtype: torch.dtype, batch: int) -> TransformerEncoder:
        return TransformerEncoder(str(folder), "hidden", torch.device(part.device), batch, dtype)

    speeds: dict[str, dict[str, float]] = {}
    for dtype in (torch.bfloat16, torch.float32):
        for batch in settings.batches:
            name = f"{str(dtype).removeprefix('torch.')} of {batch}"
            speeds[name] = _speed(ours(dtype, batch), tiles, part.gpu)
            part.note(by_batch=speeds)
    plain = {name: found for name, found in speeds.items() if name.startswith("bfloat16")}
    fastest = max(plain, key=lambda name: plain[name]["tiles_a_second"])
    batch = int(fastest.rpartition(" ")[2])

    # Both in one run, each once more: what the machine does beside them falls on both.
    published = HiddenStatesEncoder(folder, part.device)
    few = tiles[: len(tiles) // 4]
    theirs = _timed(lambda: _by_pairs(published, few), part.gpu)
    in_bf16 = HiddenStatesEncoder(folder, part.device, torch.bfloat16)
    theirs_bf16 = _timed(lambda: _by_pairs(in_bf16, few), part.gpu)
    best = ours(torch.bfloat16, batch)
    mine = _timed(lambda: best.encode(tiles), part.gpu)
    rate, theirs_rate = len(tiles) / mine, len(few) / theirs
    part.note(
        batch_tiles=batch,
        tiles_a_second=round(rate, 1),
        published_tiles_a_second=round(theirs_rate, 1),
        published_bf16_tiles_a_second=round(len(few) / theirs_bf16, 1),
        speed_ratio=round(rate / theirs_rate, 2),
    )
    measured = _matrix_rate(settings.matrix_side, part)
    needed = _operations(settings.dino, tiles.shape[1] // 14)
    part.note(
        bf16_tera_operations_a_second=round(measured / 1e12, 3),
        chip_share=round(rate * needed / measured, 3),
    )
    exact = ours(torch.float32, batch)
    for preset in ("reference", "default"):
        config = RewardConfig.preset(preset, encoder=str(folder), feature="hidden")
        scores = [_scores(encoder, rows, config) for encoder in (exact, best)]
        part.note(**{f"agreement_{preset}": _agreement(*scores)})
    part.note(bit_equal_beside_others=bool(np.array_equal(best.encode(few[::-1])[::-1], best.encode(few))))
    _variants(part, folder, batch, tiles)


def _variants(part: Part, folder: Path, batch: int, tiles: Tiles) -> None:
    """Note whether channels-last weights or torch.compile pay: the forward alone, of tiles that lie ready."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder).eval().to(part.device, torch.bfloat16)
    chunk = torch.from_numpy(tiles[:batch]).to(part.device).permute(0, 3, 1, 2)
    values = (chunk.float() / 127.5 - 1).to(torch.bfloat16)
    found: dict[str, Any] = {}
    tried: dict[str, Callable[[], Any]] = {
        "plain": lambda: model,
        "channels_last": lambda: model.to(memory_format=torch.channels_last),
        "compiled": lambda: torch.compile(model, backend=part.settings.compile_backend),
    }
    for name, change in tried.items():
        try:
            run = change()

            def forward(run: Any = run) -> None:
                with torch.inference_mode():
                    for _ in range(4):
                        run(pixel_values=values).last_hidden_state[:, 0].float().cpu()

            found[name] = {"tiles_a_second": round(4 * len(chunk) / _timed(forward, part.gpu), 1)}
        except Exception as error:  # a missing compiler, say
            found[name] = {"error": f"{type(error).__name__}: {error}"[:300]}
        part.note(forward_only=found)


def _tiles(rows: Sequence[dict[str, Any]], count: int) -> Tiles:
    """Return real tiles, uint8 (count, side, side, 3); where there are too few, again in other brightness."""
    config = RewardConfig.preset("reference")
    made: list[Tiles] = []
    for row in rows:
        pixels = _pixels(row["reference"])
        made += list(cut(pixels, choose_grid(pixels, config), 448))
        if len(made) >= count:
            break
    return np.stack([made[n % len(made)] - np.uint8(n // len(made)) for n in range(count)])


def _pixels(data: bytes) -> Tiles:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _by_pairs(encoder: HiddenStatesEncoder, tiles: Tiles) -> None:
    """One forward a pair: two pictures of 4x3 tiles and each picture whole, as published."""
    for start in range(0, len(tiles), 26):
        encoder.encode(tiles[start : start + 26])


def _timed(run: Callable[[], object], gpu: bool) -> float:
    """Return the seconds of a second run."""
    import torch

    for _ in range(2):
        started = time.perf_counter()
        run()
        if gpu:
            torch.cuda.synchronize()
    return max(time.perf_counter() - started, 1e-6)


def _speed(encoder: TransformerEncoder, tiles: Tiles, gpu: bool) -> dict[str, float]:
    import torch

    if gpu:
        torch.cuda.reset_peak_memory_stats()
    seconds = _timed(lambda: encoder.encode(tiles), gpu)
    peak = torch.cuda.max_memory_allocated() >> 20 if gpu else peak_of_process()
    return {"tiles_a_second": round(len(tiles) / seconds, 1), "peak_mb": peak}


def _matrix_rate(side: int, part: Part) -> float:
    """Return the operations a second of square bf16 matrix products: what the chip can do."""
    import torch

    left, right = (torch.randn(side, side, device=part.device, dtype=torch.bfloat16) for _ in range(2))

    def multiply() -> None:
        for _ in range(8):
            left @ right

    return 8 * 2 * side**3 / _timed(multiply, part.gpu)


def _operations(size: tuple[int, int, int], patches_a_side: int) -> float:
    """Return the operations of one tile's forward: 24 d^2 a token and 4 d a pair of tokens, in each layer."""
    width, layers, _ = size
    tokens = patches_a_side**2 + 1
    return float(layers * (24 * width**2 * tokens + 4 * width * tokens**2))


def _scores(
    encoder: TransformerEncoder, rows: Sequence[dict[str, Any]], config: RewardConfig
) -> NDArray[np.float64]:
    """Return the visual term of each pair, 0 to 1."""
    features = TileFeatures(encoder)
    baseline = Baseline(*unrelated_cosines(features)) if config.rescale else None
    found = []
    for row in rows:
        picture = decode_reference("", row["reference"])
        candidate = decode_reference("", row["candidate"]).pixels
        grid = choose_grid(picture.pixels, config)
        tiles, others = (cut(pixels, grid, encoder.side) for pixels in (picture.pixels, candidate))
        first, second = features.encode([tiles, others])
        known = Reference(picture, grid, empty_tiles(tiles[: grid.count]), first)
        empty = empty_tiles(others[: grid.count])
        found.append(compare(known, candidate, second, empty, config, baseline, lpips=0.0).visual)
    return np.array(found)


def _agreement(exact: NDArray[np.float64], fast: NDArray[np.float64]) -> dict[str, float]:
    """Compare fp32's scores with bf16's."""
    differences = np.abs(exact - fast)
    ranks = np.array([np.argsort(np.argsort(scores)) for scores in (exact, fast)], np.float64)
    return {
        "largest_difference": round(float(differences.max()), 6),
        "mean_difference": round(float(differences.mean()), 6),
        "rank_correlation": round(float(np.asarray(np.corrcoef(ranks))[0, 1]), 6),
        "score_spread": round(float(exact.std()), 6),
    }
