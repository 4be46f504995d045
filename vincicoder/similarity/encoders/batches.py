"""Runs a model over tiles in batches of one fixed size.

The size is fixed because the arithmetic of matrix libraries depends on it: padded batches make a tile's
feature the same bit for bit whatever lies beside it. It also bounds memory.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch


def encode_in_batches(
    tiles: NDArray[np.uint8],
    batch_tiles: int,
    device: torch.device,
    forward: Callable[[torch.Tensor], torch.Tensor],
) -> NDArray[np.float32]:
    """Return `forward` of all tiles, shape (n, d).

    `tiles` is uint8 (n, side, side, 3); `forward` gets uint8 tensors (batch_tiles, 3, side, side) in the
    channels-last layout and returns (batch_tiles, d).
    """
    import torch

    if tiles.ndim != 4 or tiles.shape[3] != 3 or tiles.dtype != np.uint8:
        raise ValueError(f"received tiles {tiles.dtype} {tiles.shape}; needed is uint8 (n, side, side, 3)")
    parts: list[NDArray[np.float32]] = []
    with torch.inference_mode(), _half_the_processors(device):
        for start in range(0, len(tiles), batch_tiles):
            chunk = tiles[start : start + batch_tiles]
            count = len(chunk)
            if count < batch_tiles:
                padding = np.zeros((batch_tiles - count, *chunk.shape[1:]), np.uint8)
                chunk = np.concatenate([chunk, padding])
            batch = torch.from_numpy(np.ascontiguousarray(chunk)).to(device).permute(0, 3, 1, 2)
            parts.append(forward(batch)[:count].float().cpu().numpy())
    return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)


@contextlib.contextmanager
def _half_the_processors(device: torch.device) -> Iterator[None]:
    """Let a model on the CPU use half of it: the renderers need the rest.

    Threads that have to wait for a processor spin at every layer's end, which costs several times the work.
    """
    import torch

    if device.type != "cpu":
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // 2))
    try:
        yield
    finally:
        torch.set_num_threads(before)
