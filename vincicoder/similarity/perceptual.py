"""LPIPS, the learned perceptual distance (Zhang et al. 2018, arXiv 1801.03924), from local weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.encoders import torchvision_cpu
from vincicoder.similarity.encoders.base import MissingWeightsError, load_weights

Backbone = Literal["alex", "vgg", "squeeze"]
# torchvision's file names of the ImageNet weights that LPIPS stands on; the package has only its own heads.
_FILES = {
    "alex": "alexnet-owt-7be5be79.pth",
    "vgg": "vgg16-397923af.pth",
    "squeeze": "squeezenet1_1-b8a52dc0.pth",
}
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SMALLEST_SIDE = 64  # pixels: below it the last layers have nothing to look at


class Lpips:
    """Computes LPIPS (version 0.1) on the CPU or a GPU. Equal pictures have 0, unrelated ones about 0.7."""

    def __init__(self, backbone: Backbone = "alex", weights: Path | None = None, device: str = "cpu") -> None:
        """Load the heads and the backbone.

        `weights` is torchvision's file of the backbone (None: where torch.hub would keep it).
        Raises MissingWeightsError.
        """
        torchvision_cpu.install()
        import torch

        path = weights or Path(torch.hub.get_dir(), "checkpoints", _FILES[backbone])
        if not path.is_file():
            raise MissingWeightsError(
                f"LPIPS needs torchvision's {_FILES[backbone]}, and {path} is not there: fetch it with "
                f"torchvision (its model's `weights='DEFAULT'`) on a machine with a network, and copy it"
            )
        import lpips

        # pnet_rand: it builds the backbone without a download; its weights are put in below.
        self._model: Any = lpips.LPIPS(net=backbone, pnet_rand=True, verbose=False)
        state = load_weights(path)
        _fill(self._model.net, {k: v for k, v in state.items() if k.startswith("features.")}, path)
        self._model.eval().to(device)
        self._device = device

    def distance(
        self, reference: NDArray[np.uint8], candidate: NDArray[np.uint8], *, imagenet: bool = False
    ) -> float:
        """Return the distance of two RGB pictures, uint8 of one shape (height, width, 3).

        LPIPS wants values from -1 to 1. `imagenet` gives it values normalised by ImageNet's means and
        deviations instead, as some published scores are computed.
        Raises ValueError where the shapes differ or a side is below 64 pixels.
        """
        import torch

        if reference.shape != candidate.shape or min(reference.shape[:2]) < SMALLEST_SIDE:
            raise ValueError(
                f"received pictures of {reference.shape} and {candidate.shape}; needed is one shape, "
                f"both sides at least {SMALLEST_SIDE}"
            )
        pair = np.stack([reference, candidate]).transpose(0, 3, 1, 2)
        values = torch.from_numpy(np.ascontiguousarray(pair)).to(self._device).float() / 127.5 - 1
        if imagenet:
            mean, deviation = (
                torch.tensor(three, device=self._device).view(1, 3, 1, 1) for three in (_MEAN, _DEVIATION)
            )
            values = ((values + 1) / 2 - mean) / deviation
        with torch.inference_mode():
            return float(self._model(values[:1], values[1:]).item())


def _fill(net: Any, state: dict[str, Any], path: Path) -> None:
    """Put torchvision's `features.N` into the slices, whose layers keep torchvision's numbers."""
    wanted = net.state_dict()
    renamed = {}
    for name in wanted:
        source = "features." + name.partition(".")[2]
        if source not in state:
            raise MissingWeightsError(f"{path} has no {source}: it is not the file of this backbone")
        renamed[name] = state[source]
    try:
        net.load_state_dict(renamed)
    except RuntimeError as error:  # of other shapes
        raise MissingWeightsError(f"{path} is not the file of this backbone: {error}") from error
