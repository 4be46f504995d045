"""Encoders turn square pictures into feature vectors, whose cosine says how alike the pictures are.

Weights are looked for on this machine only: a missing file is an error that says what to fetch, never a
download in the middle of a run and never another model.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from vincicoder.sample import InfrastructureError

EMBEDDED = "efficientnet-lite2"
Feature = Literal["layernorm", "hidden"]


class MissingWeightsError(InfrastructureError):
    """The weights of a model are not on this machine; the message says how to get them."""


class Encoder(Protocol):
    """Encodes tiles. `name` identifies the model, its weights' place, the feature, device and number type;
    `side` is the size in pixels that tiles should be cut to: others are resized or cost more."""

    name: str
    side: int

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features, shape (n, d), of RGB tiles, uint8 of shape (n, side, side, 3).

        A tile's feature does not depend on the other tiles: batches have one fixed size, the last is padded.
        """
        ...


def load_weights(file: Path) -> dict[str, Any]:
    """Return the weights in a file of torch's. Raises MissingWeightsError where it holds none."""
    import torch

    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except (RuntimeError, ValueError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise MissingWeightsError(f"{file} is no file of weights that torch reads: {error}") from error
    if not isinstance(state, dict):
        raise MissingWeightsError(f"{file} holds a {type(state).__name__}, and no weights by name")
    return state


def check_local_folder(model: str) -> None:
    """Raise MissingWeightsError where `model` is written like a folder and is none that holds a model."""
    folder = Path(model).expanduser()
    looks_local = folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1
    if folder.is_dir() and not (folder / "config.json").exists():
        raise MissingWeightsError(
            f"received the encoder folder {model}: it has no config.json. "
            "Give a folder that `save_pretrained` or `hf download --local-dir` wrote"
        )
    if looks_local and not folder.is_dir():
        raise MissingWeightsError(
            f"received the encoder folder {model}: there is none. Fetch the weights, for example with "
            f"`hf download facebook/dinov2-large --local-dir {model}`"
        )
