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
from PIL import Image

from vincicoder.sample import UserError
from vincicoder.similarity.encoders import torchvision_cpu
from vincicoder.similarity.encoders.base import MissingWeightsError, check_local_folder, load_weights
from vincicoder.similarity.perceptual import SMALLEST_SIDE, Backbone, Lpips

KINDS: Mapping[str, str] = {
    "clip": "a CLIP model, such as openai/clip-vit-large-patch14-336",
    "dino": "a DINOv2 model, such as facebook/dinov2-base",
    "siglip": "a SigLIP model, such as google/siglip-so400m-patch14-384",
    "lpips_vgg": "torchvision's vgg16-397923af.pth",
    "lpips_alex": "torchvision's alexnet-owt-7be5be79.pth",
    "inception": "torchvision's inception_v3_google-0cc3c7bd.pth",
    "dreamsim": "DreamSim saved by torch.export: two pictures (1, 3, 224, 224; 0 to 1) to their distance",
}
"""What kind of encoder there is, and what its weights are."""

Pixels = NDArray[np.uint8]


class UnknownEncoderError(UserError):
    """There is no metric with an encoder of this kind."""


class DistanceModel(Protocol):
    """LPIPS on pictures as it wants them, whatever a benchmark gives it."""

    def distance(self, reference: Pixels, answer: Pixels) -> float:
        """Return the distance of two RGB pictures of one size, from 0 up."""
        ...


class PictureModel(Protocol):
    """`name` identifies the kind and its weights."""

    name: str

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        """Return how alike two RGB pictures (uint8, height by width by 3) are: the cosine of their features,
        -1 to 1, or for LPIPS and DreamSim their distance, from 0 up."""
        ...


def load_picture_models(weights: Mapping[str, str]) -> dict[str, PictureModel]:
    """Load encoders by kind. Raises UnknownEncoderError and MissingWeightsError."""
    unknown = sorted(set(weights) - set(KINDS))
    if unknown:
        raise UnknownEncoderError(f"received the encoder kind {unknown[0]!r}; allowed are {', '.join(KINDS)}")
    return {kind: _load(kind, path) for kind, path in sorted(weights.items())}


def _load(kind: str, path: str) -> PictureModel:
    if kind.startswith("lpips"):
        return _Lpips(kind, path)
    if kind == "inception":
        return _Inception(path)
    return _Exported(kind, path) if kind == "dreamsim" else _FeatureModel(kind, path)


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

    def distance(self, reference: Pixels, answer: Pixels) -> float:
        """Return the distance of two pictures of one size as LPIPS defines it, on values from -1 to 1."""
        return self._model.distance(reference, answer)


def _file(kind: str, path: str) -> Path:
    file = Path(path).expanduser()
    if not file.is_file():
        raise MissingWeightsError(
            f"received the encoder {kind}={path}: there is no such file. Needed is {KINDS[kind]}"
        )
    return file


class _Inception:
    """Inception v3's logits of pictures, as torchvision prepares them (299 pixels, cut at the centre)."""

    def __init__(self, path: str) -> None:
        file = _file("inception", path)
        torchvision_cpu.install()
        from torchvision.models import inception_v3

        self._model: Any = inception_v3(weights=None, transform_input=False, init_weights=False)
        try:
            self._model.load_state_dict(load_weights(file))
        except (RuntimeError, MissingWeightsError) as error:
            raise MissingWeightsError(
                f"received the encoder inception={path}: it is not {KINDS['inception']}. ({error})"
            ) from error
        self._model.eval()
        self.name = f"inception={path}"

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        """See `PictureModel.compare`."""
        import torch
        from torchvision import transforms

        prepare = transforms.Compose(
            [
                transforms.Resize(299),
                transforms.CenterCrop(299),
                transforms.ToTensor(),
                transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
            ]
        )
        values = torch.stack([prepare(Image.fromarray(pixels)) for pixels in (reference, answer)])
        with torch.inference_mode():
            first, second = self._model(values).double().numpy()
        return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))


class _Exported:
    """A model of torch alone that compares two pictures, of 224 pixels, bicubic, as DreamSim has them."""

    def __init__(self, kind: str, path: str) -> None:
        file = _file(kind, path)
        import torch

        try:
            self._model: Any = torch.export.load(str(file)).module()
        except (RuntimeError, ValueError, KeyError, OSError, AssertionError) as error:
            raise MissingWeightsError(
                f"received the encoder {kind}={path}: it is not {KINDS[kind]}. ({error})"
            ) from error
        self.name = f"{kind}={path}"

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        """See `PictureModel.compare`."""
        import torch

        shown = [
            np.asarray(Image.fromarray(pixels).resize((224, 224), Image.Resampling.BICUBIC)).copy()
            for pixels in (reference, answer)
        ]
        first, second = (torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255 for pixels in shown)
        with torch.inference_mode():
            return float(self._model(first, second).item())
