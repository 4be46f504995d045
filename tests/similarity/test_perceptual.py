"""LPIPS: computed with the backbone file it is given, refused without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vincicoder.similarity.encoders import torchvision_cpu
from vincicoder.similarity.encoders.base import MissingWeightsError
from vincicoder.similarity.perceptual import Lpips


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an AlexNet with random weights in torchvision's form."""
    torchvision_cpu.install()
    import torch
    from torchvision.models import alexnet

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("hub") / "alexnet.pth"
    torch.save(alexnet().state_dict(), path)
    return path


def test_it_computes_with_the_given_backbone(backbone: Path) -> None:
    import lpips
    import torch
    from torchvision.models import alexnet

    rng = np.random.default_rng(0)
    reference = rng.integers(0, 256, (96, 128, 3), np.uint8)
    candidate = rng.integers(0, 256, (96, 128, 3), np.uint8)
    model = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False)
    network = alexnet()
    network.load_state_dict(torch.load(backbone))
    for number in range(1, 6):  # the slices of the package share torchvision's layers, in order
        for index, layer in getattr(model.net, f"slice{number}").named_children():
            layer.load_state_dict(network.features[int(index)].state_dict())
    as_tensor = [torch.from_numpy(p.transpose(2, 0, 1))[None].float() / 255 for p in (reference, candidate)]
    with torch.inference_mode():
        expected = model(*as_tensor, normalize=True).item()
    distance = Lpips("alex", backbone).distance(reference, candidate)
    assert distance == pytest.approx(expected, rel=1e-4)
    assert distance > 0
    assert Lpips("alex", backbone).distance(reference, reference) == 0


def test_a_missing_backbone_says_what_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError, match=r"alexnet-owt-7be5be79\.pth"):
        Lpips("alex", tmp_path / "none.pth")


def test_the_file_of_another_backbone_is_refused(backbone: Path) -> None:
    with pytest.raises(MissingWeightsError, match=r"no features\."):
        Lpips("vgg", backbone)


def test_pictures_of_different_shapes_are_refused(backbone: Path) -> None:
    with pytest.raises(ValueError, match="one shape"):
        Lpips("alex", backbone).distance(np.zeros((64, 64, 3), np.uint8), np.zeros((64, 65, 3), np.uint8))
