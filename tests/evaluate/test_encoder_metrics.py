"""Metrics of trained encoders: their arithmetic with a stub, their weights from files alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.test_metrics import png, png_of
from vincicoder.evaluate.metric import score_pair
from vincicoder.evaluate.metrics.encoder_metrics import (
    NAMES,
    encoder_metrics,
    not_measured,
    squared,
    unisvg_ssim,
)
from vincicoder.evaluate.metrics.ssim import color_ssim
from vincicoder.evaluate.pair import Pair, Pixels, Side
from vincicoder.evaluate.text_blocks import PageBlocks, TextBlock
from vincicoder.similarity.encoders.base import MissingWeightsError
from vincicoder.similarity.encoders.picture_models import KINDS, UnknownEncoderError, load_picture_models


@dataclass(frozen=True)
class Stub:
    """Gives its answer for pictures that differ, and that of equals for equal ones."""

    other: float
    equal: float = 1.0
    name: str = "stub"

    def compare(self, reference: Pixels, answer: Pixels) -> float:
        return self.equal if np.array_equal(reference, answer) else self.other

    distance = compare


STUBS = {"clip": Stub(0.5), "dino": Stub(0.25), "siglip": Stub(-0.5), "inception": Stub(0.5)} | {
    kind: Stub(0.125, 0.0) for kind in ("lpips_vgg", "lpips_alex", "dreamsim")
}
SIDE = Side("<svg/>", png())
PAIR = Pair("item", "svg", "svg", SIDE, SIDE)


def page(side: Side, *texts: str) -> Side:
    blocks = tuple(TextBlock(text, (0.2, 0.1 * n, 0.3, 0.05), (9.0,) * 3) for n, text in enumerate(texts))
    return replace(side, code="<html>", blocks=PageBlocks(blocks, blocks))


def test_the_arithmetic_of_every_metric() -> None:
    assert set(STUBS) == set(KINDS)
    answer = Side("<svg/>", png(box=(10, 10, 40, 30)))
    found = score_pair(encoder_metrics(STUBS), replace(PAIR, answer=answer))
    found |= score_pair(
        encoder_metrics(STUBS), Pair("page", "html", "web", page(SIDE, "one", "two"), page(answer, "one"))
    )
    ssim, uni = (compare(SIDE.pixels, answer.pixels) for compare in (color_ssim, unisvg_ssim))
    expected = {
        "clip": (0.5, 0.5),
        "dino": (0.625, 0.25),
        "siglip": (-0.5, 0.0),
        "lpips_vgg": (0.125, 0.125),
        "lpips_alex": (0.125, 0.125),
        "unisvg": (0.2 * uni + 0.2 * 0.875 + 0.6 * 0.5,) * 2,
        "sarena": (
            0.3 * 0.5 + 0.3 * 0.625 + 0.2 * 0.125 + 0.2 * (1 - ssim),
            0.3 * 0.5 + 0.3 * 0.25 + 0.2 * ssim + 0.2 * 0.875,
        ),
        "dreamsim": (0.875, 0.875),
        "image2struct_inception": (0.75, 0.5),
        "image2struct_lpips": (0.0, 0.875),  # ink is darker than half
        "design2code_clip": (0.5, 0.5),
        "design2code": (0.2 * (2 / 3 + 1 + 1 + 1 + 0.5),) * 2,
    }
    assert {name: (found[name].reference, found[name].strict) for name in NAMES} == {
        name: pytest.approx(values) for name, values in expected.items()
    }


def test_equals_earn_the_best_and_failures_the_worst_in_strict() -> None:
    metrics = encoder_metrics(STUBS)
    bounds = {name: metric for metric in metrics for name in metric.names}
    web = page(SIDE, "one", "two")
    seen = set()
    for pair in (PAIR, Pair("page", "html", "web", web, web)):
        found = score_pair(metrics, pair)
        seen |= bounds.keys() & found.keys()
        assert {name: found[name].strict for name in bounds.keys() & found.keys()} == {
            name: pytest.approx(bounds[name].best) for name in bounds.keys() & found.keys()
        }
        for side in (Side("<svg", None), Side("<svg/>", png(box=None))):
            failed = score_pair(metrics, replace(pair, answer=side))
            assert {name: failed[name].strict for name in bounds.keys() & found.keys()} == {
                name: bounds[name].worst for name in bounds.keys() & found.keys()
            }
    assert seen == bounds.keys()


def test_what_lacks_weights_is_said_and_not_measured() -> None:
    assert [metric.names[0] for metric in encoder_metrics({"clip": STUBS["clip"]})] == [
        "clip",
        "design2code_clip",
        "design2code",
    ]
    with_clip = {"clip", "design2code_clip", "design2code"}
    assert set(not_measured({"clip": "x"})) == set(NAMES) - with_clip
    assert "--encoder lpips_alex=FOLDER" in not_measured({"clip": "x"})["unisvg"]
    assert not_measured(STUBS) == {}
    web = replace(PAIR, domain="web", language="html")
    assert not {"unisvg", "sarena", "design2code"} & score_pair(encoder_metrics(STUBS), web).keys()


@pytest.mark.slow  # needs torch
@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_not_there_are_never_replaced(kind: str, tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError, match=str(tmp_path / "none")):
        load_picture_models({kind: str(tmp_path / "none")})
    with pytest.raises(UnknownEncoderError, match="received the encoder kind 'clap'; allowed are clip"):
        load_picture_models({"clap": "x"})


def test_the_published_lpips_of_helm_is_0_of_all_but_light_pictures() -> None:
    light, other = (Side("<html>", png_of(np.full((40, 60, 3), level, np.uint8))) for level in (250, 200))
    pair = Pair("page", "html", "web", light, other)
    found = score_pair(encoder_metrics({"lpips_vgg": STUBS["lpips_vgg"]}), pair)["image2struct_lpips"]
    assert found.reference == 0.875


@pytest.mark.slow  # needs torch
def test_models_of_files_compare_pictures(tmp_path: Path) -> None:
    from vincicoder.similarity.encoders import torchvision_cpu

    torchvision_cpu.install()
    import torch
    from torchvision.models import inception_v3

    class Apart(torch.nn.Module):
        def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
            return (first - second).abs().mean(dim=(1, 2, 3))

    example = tuple(torch.zeros(1, 3, 224, 224) for _ in range(2))  # one tensor twice would be one input
    torch.export.save(torch.export.export(Apart(), example), tmp_path / "dreamsim.pt2")
    torch.manual_seed(1)
    torch.save(inception_v3(weights=None, init_weights=False).state_dict(), tmp_path / "inception.pth")
    files = {"dreamsim": str(tmp_path / "dreamsim.pt2"), "inception": str(tmp_path / "inception.pth")}
    found = load_picture_models(files)
    black, grey = (np.full((50, 80, 3), level, np.uint8) for level in (0, 51))
    assert found["dreamsim"].compare(black, grey) == pytest.approx(0.2)
    assert found["inception"].compare(black, black) == pytest.approx(1.0)
    assert -1 < found["inception"].compare(SIDE.pixels, grey) < 1
    for kind, other in (("inception", "dreamsim"), ("dreamsim", "inception")):
        with pytest.raises(MissingWeightsError, match=f"it is not {KINDS[kind][:12]}"):
            load_picture_models({kind: files[other]})


def test_a_picture_is_trimmed_and_squared() -> None:
    found = squared(SIDE.pixels)  # a box of 21 by 16
    assert found.shape == (21, 21, 3) and (found[0] == 255).all() and (found[10] != 255).any()


@pytest.mark.slow
def test_models_compare_pictures(tmp_path: Path) -> None:
    from vincicoder.similarity.encoders import torchvision_cpu

    torchvision_cpu.install()  # before transformers, which imports torchvision
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    from tests.similarity.models import save_tiny_dinov2

    torch.manual_seed(1)
    small = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    sizes = {"image_size": 28, "patch_size": 14}
    model = CLIPModel(CLIPConfig(text_config=small, vision_config=small | sizes, projection_dim=16))
    processor = CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    for folder in (tmp_path / "clip", save_tiny_dinov2(tmp_path / "dino")):
        processor.save_pretrained(folder)
    model.save_pretrained(tmp_path / "clip")
    found = load_picture_models({"clip": str(tmp_path / "clip"), "dino": str(tmp_path / "dino")})
    other = Side("", png(box=(5, 5, 50, 35))).pixels
    for kind, loaded in found.items():
        assert loaded.name == f"{kind}={tmp_path / kind}"
        assert loaded.compare(SIDE.pixels, SIDE.pixels) == pytest.approx(1.0)
        assert -1 < loaded.compare(SIDE.pixels, other) < 1
    pixels = processor(images=[SIDE.pixels, other], return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        one, two = model.eval().visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
    assert found["clip"].compare(SIDE.pixels, other) == pytest.approx(
        float(torch.cosine_similarity(one, two, dim=0)), abs=1e-6
    )
