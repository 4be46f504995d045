"""The encoders with which papers compare whole pictures, from weights on this machine.

A model's weights are a folder or a file that the user names; a missing one is an error that says what to
fetch, never a download and never another model.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vincicoder.sample import UserError
from vincicoder.similarity.encoders import torchvision_cpu
from vincicoder.similarity.encoders.base import MissingWeightsError, check_local_folder
from vincicoder.similarity.perceptual import SMALLEST_SIDE, Backbone, Lpips

KINDS: Mapping[str, str] = {
    "clip": "a CLIP model, such as openai/clip-vit-large-patch14-336",
    "dino": "a DINOv2 model, such as facebook/dinov2-base",
    "siglip": "a SigLIP model, such as google/siglip-so400m-patch14-384",
    "lpips_vgg": "torchvision's vgg16-397923af.pth",
    "lpips_alex": "torchvision's alexnet-owt-7be5be79.pth",
}
"""What kind of encoder there is, and what its weights are."""

Pixels = NDArray[np.uint8]


class UnknownEncoderError(UserError):
    """There is no metric with an encoder of this kind."""


class PictureModel(Protocol):
    """`name` identifies the kind and its weights."""

    name: str

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        """Return how alike two RGB pictures (uint8, height by width by 3) are: the cosine of their features,
        -1 to 1, or for LPIPS their distance, from 0 up."""
        ...


def load_picture_models(weights: Mapping[str, str]) -> dict[str, PictureModel]:
    """Load encoders by kind. Raises UnknownEncoderError and MissingWeightsError."""
    unknown = sorted(set(weights) - set(KINDS))
    if unknown:
        raise UnknownEncoderError(f"received the encoder kind {unknown[0]!r}; allowed are {', '.join(KINDS)}")
    return {
        kind: _Lpips(kind, path) if kind.startswith("lpips") else _FeatureModel(kind, path)
        for kind, path in sorted(weights.items())
    }


class _FeatureModel:
    """A model of transformers: CLIP's and SigLIP's features of pictures, or the mean of DINOv2's tokens."""

    def __init__(self, kind: str, model: str) -> None:
        check_local_folder(model)
        torchvision_cpu.install()
        from huggingface_hub import snapshot_download
        from transformers import AutoImageProcessor, AutoModel

        try:
            folder = model if Path(model).is_dir() else snapshot_download(model, local_files_only=True)
            loaded, report = AutoModel.from_pretrained(
                folder, local_files_only=True, output_loading_info=True
            )
            processors: Any = AutoImageProcessor
            self._prepare = processors.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise MissingWeightsError(
                f"received the encoder {kind}={model}: it cannot be loaded. Fetch {KINDS[kind]} with "
                f"`hf download` and give its folder. ({error})"
            ) from error
        if report["missing_keys"]:
            raise MissingWeightsError(
                f"received the encoder {kind}={model}: it lacks weights, {sorted(report['missing_keys'])[0]} "
                "for one. Fetch it again"
            )
        self.name, self._kind = f"{kind}={model}", kind
        self._model: Any = loaded.eval()

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        """See `PictureModel.compare`."""
        first, second = (self._features(pixels) for pixels in (reference, answer))
        return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))

    def _features(self, pixels: Pixels) -> NDArray[np.float64]:
        import torch

        values = self._prepare(images=pixels, input_data_format="channels_last", return_tensors="pt")
        with torch.inference_mode():
            if self._kind == "dino":
                found = self._model(**values).last_hidden_state.mean(dim=1)
            else:
                found = self._model.get_image_features(**values)
                found = getattr(found, "pooler_output", found)
        features: NDArray[np.float64] = found[0].double().numpy()
        return features


class _Lpips:
    """LPIPS, on a backbone of torchvision's.

    `vgg` gets pictures normalised as for ImageNet, as StarVector gives them, and `alex` ones from -1 to 1, as
    UniSVG does and LPIPS wants.
    """

    def __init__(self, kind: str, path: str) -> None:
        backbone: Backbone = "vgg" if kind == "lpips_vgg" else "alex"
        self.name, self._imagenet = f"{kind}={path}", kind == "lpips_vgg"
        self._model = Lpips(backbone, Path(path).expanduser())

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        """See `PictureModel.compare`. Pictures under its smallest side get a white edge."""
        room = [(0, max(0, SMALLEST_SIDE - length)) for length in reference.shape[:2]]
        first, second = (np.pad(one, (*room, (0, 0)), constant_values=255) for one in (reference, answer))
        return self._model.distance(first, second, imagenet=self._imagenet)
