"""The metrics of trained encoders, and the composites of SVG benchmarks that need them.

They are measured only where weights are given; a run says which it had, and which it did not have. None is
replaced by another. `strict` gives no credit for what any two pictures share: a cosine counts as it is, from
0 up, and both pictures lie on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image, ImageChops, ImageOps
from skimage.metrics import structural_similarity

from vincicoder.evaluate.canvas import on_one_page, resized
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.metrics import design2code, image2struct
from vincicoder.evaluate.pair import Pair, Pixels
from vincicoder.evaluate.text_blocks import NO_BLOCKS, TextBlock
from vincicoder.sample import Domain
from vincicoder.similarity.encoders.picture_models import KINDS, DistanceModel, PictureModel

_UNISVG_SIDE, _UNISVG_WINDOW = 336, 7
_HELM_SIDE, _HALF = 256, 128
_STARVECTOR = "joanrod/star-vector@0e083c1 starvector/metrics"
_VLMEVALKIT = "open-compass/VLMEvalKit@e8e78f0 vlmeval/dataset"

Models = Mapping[str, PictureModel]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which encoders a metric needs, and how it is measured from them."""

    needs: tuple[str, ...]
    source: str
    measure: Callable[[Models, Pair], Score]
    worst: float = 0.0
    best: float = 1.0
    failed: float | Callable[[Models, Pair], float] | None = 0.0
    applies: Callable[[Pair], bool] = lambda _: True


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _likeness(models: Models, kind: str, reference: Pixels, answer: Pixels) -> float:
    """Return the cosine of two pictures' features, or the distance where the model gives one."""
    return models[kind].compare(reference, answer)


def _clip(models: Models, pair: Pair) -> Score:
    return Score(
        _likeness(models, "clip", *resized(pair)), _share(_likeness(models, "clip", *on_one_page(pair)))
    )


def _dino(models: Models, pair: Pair) -> Score:
    cosine = _likeness(models, "dino", *resized(pair))
    return Score((cosine + 1) / 2, _share(_likeness(models, "dino", *on_one_page(pair))))


def squared(pixels: Pixels) -> Pixels:
    """Return a picture without its white border, centred on a white square, as DeTikZify prepares it."""
    image = Image.fromarray(pixels)
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    image = image.crop(box) if box else image
    side = max(image.size)
    return np.asarray(ImageOps.pad(image, (side, side), Image.Resampling.LANCZOS, color="white"))


def _siglip(models: Models, pair: Pair) -> Score:
    published = _likeness(models, "siglip", *(squared(side.pixels) for side in (pair.reference, pair.answer)))
    return Score(published, _share(_likeness(models, "siglip", *on_one_page(pair))))


def _lpips(kind: str, models: Models, pair: Pair) -> Score:
    return Score(_likeness(models, kind, *resized(pair)), _share(_likeness(models, kind, *on_one_page(pair))))


def _dreamsim(models: Models, pair: Pair) -> Score:
    published = 1 - _likeness(
        models, "dreamsim", *(squared(side.pixels) for side in (pair.reference, pair.answer))
    )
    return Score(published, _share(1 - _likeness(models, "dreamsim", *on_one_page(pair))))


def _inception(models: Models, pair: Pair) -> Score:
    cosine = _likeness(models, "inception", *resized(pair))
    return Score((cosine + 1) / 2, _share(_likeness(models, "inception", *on_one_page(pair))))


def _image2struct_lpips(models: Models, pair: Pair) -> Score:
    """Return 1 minus LPIPS at 256 pixels. Published, values from -1 to 1 go to what takes 0 to 1 alone:
    that fails, and counts 0, unless both pictures are nowhere darker than half."""
    model: DistanceModel = models["lpips_vgg"]  # type: ignore[assignment]
    published, strict = (
        [_square(pixels, _HELM_SIDE) for pixels in pictures]
        for pictures in (resized(pair), on_one_page(pair))
    )
    light = [np.maximum(pixels.astype(np.int16) * 2 - 255, 0).astype(np.uint8) for pixels in published]
    fails = any(pixels.min() < _HALF for pixels in published)
    return Score(
        0.0 if fails else 1 - model.distance(light[0], light[1]),
        _share(1 - model.distance(strict[0], strict[1])),
    )


def unisvg_ssim(reference: Pixels, answer: Pixels) -> float:
    """Return the colour SSIM of two pictures drawn 336 pixels square, with a flat window of 7."""
    value: float = structural_similarity(  # type: ignore[no-untyped-call]
        *(_square(pixels, _UNISVG_SIDE) for pixels in (reference, answer)),
        channel_axis=2,
        win_size=_UNISVG_WINDOW,
    )
    return float(value)


def _square(pixels: Pixels, side: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((side, side)))


def unisvg(ssim: float, lpips: float, clip: float) -> float:
    """Return UniSVG's ISVGEN: of SSIM, LPIPS (Alex) and CLIP (ViT-L/14, 336 px)."""
    return 0.2 * ssim + 0.2 * (1 - lpips) + 0.6 * clip


def _unisvg(models: Models, pair: Pair) -> Score:
    published, strict = resized(pair), on_one_page(pair)
    return Score(
        unisvg(
            unisvg_ssim(*published),
            _likeness(models, "lpips_alex", *published),
            _likeness(models, "clip", *published),
        ),
        unisvg(
            _share(unisvg_ssim(*strict)),
            _share(_likeness(models, "lpips_alex", *strict)),
            _share(_likeness(models, "clip", *strict)),
        ),
    )


def sarena(clip: float, dino: float, ssim: float, lpips: float) -> float:
    """Return SArena's primary score, 0 to 1, from shares; the published table has it in hundredths."""
    return 0.3 * clip + 0.3 * dino + 0.2 * ssim + 0.2 * (1 - lpips)


def _sarena(models: Models, pair: Pair) -> Score:
    from vincicoder.evaluate.metrics.ssim import color_ssim

    clip, dino, ssim, lpips = (
        (_clip(models, pair)),
        (_dino(models, pair)),
        Score(color_ssim(*resized(pair)), _share(color_ssim(*on_one_page(pair)))),
        _lpips("lpips_vgg", models, pair),
    )
    assert clip.reference is not None and dino.reference is not None
    assert ssim.reference is not None and lpips.reference is not None
    # As published: SSIM stands where LPIPS belongs, and LPIPS where SSIM does.
    published = sarena(max(clip.reference, 0.0), dino.reference, lpips.reference, ssim.reference)
    return Score(published, sarena(clip.strict, dino.strict, ssim.strict, lpips.strict))


def _is_svg(pair: Pair) -> bool:
    return pair.domain == Domain.SVG


def without_texts(pixels: Pixels, blocks: Sequence[TextBlock]) -> Pixels:
    """Return a page with its texts painted over from their surroundings (Telea, 3 pixels), squeezed to a
    square of its shorter side, as Design2Code shows it to CLIP."""
    import cv2

    if blocks:
        height, width = pixels.shape[:2]
        mask = np.zeros((height, width), np.uint8)
        for block in blocks:
            left, top = int(block.box[0] * width), int(block.box[1] * height)
            right, bottom = left + int(block.box[2] * width), top + int(block.box[3] * height)
            mask[top:bottom, left:right] = 255
        pixels = np.asarray(cv2.inpaint(pixels, mask, 3, cv2.INPAINT_TELEA), np.uint8)
    side = min(pixels.shape[:2])
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS))


def _masked_clip(models: Models, pair: Pair) -> Score:
    kept = pair.kept.get("design2code_clip")
    if kept is None:
        reference, answer = (side.blocks or NO_BLOCKS for side in (pair.reference, pair.answer))
        published, strict = (
            models["clip"].compare(
                without_texts(pair.reference.pixels, theirs), without_texts(pair.answer.pixels, ours)
            )
            for theirs, ours in (
                (reference.published, design2code.both_ways(pair)[0].answer),
                (reference.whole, answer.whole),
            )
        )
        kept = pair.kept["design2code_clip"] = Score(published, _share(strict))
    return kept


def _design2code(models: Models, pair: Pair) -> Score:
    """Return the mean of the five scores."""
    clip, both = _masked_clip(models, pair), design2code.both_ways(pair)
    assert clip.reference is not None
    return Score(0.2 * (sum(both[0].scores) + clip.reference), 0.2 * (sum(both[1].scores) + clip.strict))


def _failed_page(models: Models, pair: Pair) -> float:
    """Compare with the white picture that stands for a page that cannot be drawn."""
    assert pair.reference.blocks is not None
    white = np.full((960, 1280, 3), 255, np.uint8)
    page = without_texts(pair.reference.pixels, pair.reference.blocks.published)
    return models["clip"].compare(page, without_texts(white, ()))


_METRICS: Mapping[str, _Kind] = {
    "clip": _Kind(("clip",), f"{_VLMEVALKIT}/utils/uni_svg.py (cosine of image features)", _clip),
    "dino": _Kind(("dino",), f"{_STARVECTOR}/compute_dino_score.py", _dino),
    "siglip": _Kind(
        ("siglip",),
        "potamides/DeTikZify@e2c3558 detikzify/evaluate/imagesim.py (mode cos)",
        _siglip,
        failed=None,
    ),
    "lpips_vgg": _Kind(
        ("lpips_vgg",), f"{_STARVECTOR}/compute_LPIPS.py", partial(_lpips, "lpips_vgg"), 1.0, 0.0, None
    ),
    "lpips_alex": _Kind(
        ("lpips_alex",), f"{_VLMEVALKIT}/utils/uni_svg.py", partial(_lpips, "lpips_alex"), 1.0, 0.0, 1.0
    ),
    "dreamsim": _Kind(
        ("dreamsim",), "potamides/DeTikZify@e2c3558 detikzify/evaluate/dreamsim.py", _dreamsim, failed=None
    ),
    "image2struct_inception": _Kind(
        ("inception",), image2struct.METRIC.source, _inception, applies=image2struct.METRIC.applies
    ),
    "image2struct_lpips": _Kind(
        ("lpips_vgg",), image2struct.METRIC.source, _image2struct_lpips, applies=image2struct.METRIC.applies
    ),
    "unisvg": _Kind(
        ("clip", "lpips_alex"), f"{_VLMEVALKIT}/utils/uni_svg.py", _unisvg, failed=0.0, applies=_is_svg
    ),
    "sarena": _Kind(
        ("clip", "dino", "lpips_vgg"), f"{_VLMEVALKIT}/sarena.py", _sarena, failed=None, applies=_is_svg
    ),
    "design2code_clip": _Kind(
        ("clip",), design2code.METRIC.source, _masked_clip, failed=_failed_page, applies=design2code.applies
    ),
    "design2code": _Kind(
        ("clip",),
        design2code.METRIC.source,
        _design2code,
        failed=lambda models, pair: 0.2 * _failed_page(models, pair),
        applies=design2code.applies,
    ),
}
NAMES = tuple(_METRICS)
BOUNDS = tuple(((name,), of.worst, of.best) for name, of in _METRICS.items())
"""Names, worst and best value, whether their encoders are here or not."""


def encoder_metrics(models: Models) -> tuple[Metric, ...]:
    """Return the metrics that these encoders allow, by the names of `KINDS`."""
    return tuple(
        _metric(name, of, models) for name, of in _METRICS.items() if all(kind in models for kind in of.needs)
    )


def _metric(name: str, of: _Kind, models: Models) -> Metric:
    return Metric(
        names=(name,),
        source=of.source,
        measure=lambda pair: {name: of.measure(models, pair)},
        applies=of.applies,
        worst=of.worst,
        best=of.best,
        failed=_failed(name, of, models),
    )


def _failed(name: str, of: _Kind, models: Models) -> float | Callable[[Pair], Mapping[str, float]] | None:
    failed = of.failed
    if callable(failed):
        return lambda pair: {name: failed(models, pair)}
    return failed


def not_measured(models: Models | Mapping[str, str]) -> dict[str, str]:
    """Return every metric that lacks an encoder, and what to give."""
    return {
        name: "no weights given for "
        + ", ".join(missing)
        + f": --encoder {missing[0]}=FOLDER ({KINDS[missing[0]]})"
        for name, of in _METRICS.items()
        if (missing := [kind for kind in of.needs if kind not in models])
    }
