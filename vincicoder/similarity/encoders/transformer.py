"""DINOv2 and its like, of any size, through transformers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.encoders import torchvision_cpu
from vincicoder.similarity.encoders.base import Feature, MissingWeightsError, check_local_folder
from vincicoder.similarity.encoders.batches import encode_in_batches
from vincicoder.similarity.tiles import TILE_SIDE

if TYPE_CHECKING:
    import torch

# ImageNet's channel means and deviations, on the scale 0 to 1: DINOv2's preprocessing.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_FINAL_NORMS = ("layernorm", "norm")  # what transformers calls it in DINOv2, and in DINOv3


class TransformerEncoder:
    """Features: the class token, before or after the final LayerNorm. See `Encoder`.

    `dtype` None is bfloat16 on a GPU and float32 on a CPU.
    """

    def __init__(
        self,
        model: str,
        feature: Feature,
        device: torch.device,
        batch_tiles: int,
        dtype: torch.dtype | None = None,
    ) -> None:
        import torch

        check_local_folder(model)
        self._model = _load(model)
        self._dtype = dtype or (torch.bfloat16 if device.type == "cuda" else torch.float32)
        self._model.eval().to(device, self._dtype)
        self._device = device
        self._batch_tiles = batch_tiles
        self._feature = feature
        norms = [name for name in _FINAL_NORMS if hasattr(self._model, name)]
        if not norms:
            raise ValueError(
                f"received the encoder {model} ({type(self._model).__name__}): it has no final LayerNorm; "
                "allowed are DINOv2, with or without registers, and DINOv3 vision transformers"
            )
        self._norm: Any = getattr(self._model, norms[0])
        self._patch = int(self._model.config.patch_size)
        self._mean = torch.tensor(_MEAN, device=device).view(1, 3, 1, 1)
        self._deviation = torch.tensor(_DEVIATION, device=device).view(1, 3, 1, 1)
        self.side = TILE_SIDE
        self.name = f"{model}/{feature}/{device.type}/{self._dtype}"

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Encoder.encode`. Raises ValueError unless the side is a multiple of the patch size."""
        if tiles.shape[1] % self._patch:
            raise ValueError(
                f"received tiles of {tiles.shape[1]} px; the side must be a multiple of {self._patch}"
            )
        return encode_in_batches(tiles, self._batch_tiles, self._device, self._forward)

    def _forward(self, batch: torch.Tensor) -> torch.Tensor:
        values = ((batch.float() / 255 - self._mean) / self._deviation).to(self._dtype)
        if self._feature == "layernorm":
            after: torch.Tensor = self._model(pixel_values=values).last_hidden_state
            return after[:, 0]
        # What `hidden_states[-1]` holds, caught on its way into the final LayerNorm: asking for
        # `output_hidden_states` would keep every layer's tokens, 25 times the memory in the large model.
        caught: list[torch.Tensor] = []
        hook = self._norm.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0][:, 0].clone()))
        try:
            self._model(pixel_values=values)
        finally:
            hook.remove()
        return caught[-1]


def _load(model: str) -> Any:
    """Load a model from this machine, every weight of it."""
    torchvision_cpu.install()  # transformers imports torchvision where it is installed
    from huggingface_hub import snapshot_download
    from transformers import AutoModel

    try:
        # A folder, not an id: for an id transformers asks the network for optional files all the same.
        folder = model if Path(model).is_dir() else snapshot_download(model, local_files_only=True)
        loaded, report = AutoModel.from_pretrained(folder, local_files_only=True, output_loading_info=True)
    except (OSError, ValueError) as error:
        raise MissingWeightsError(
            f"the weights of the encoder {model} are not on this machine. Fetch them once with "
            f"`hf download {model}`, or give a folder that holds them. ({error})"
        ) from error
    missing = sorted(report["missing_keys"])
    if missing:  # transformers would go on with random numbers in their place
        raise MissingWeightsError(
            f"the encoder {model} lacks {len(missing)} of its weights (first: {missing[0]}): fetch it again"
        )
    return loaded
