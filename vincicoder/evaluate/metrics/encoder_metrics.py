"""The metrics of trained encoders, and the composites of SVG benchmarks that need them.

They are measured only where weights are given; a run says which it had, and which it did not have. None is
replaced by another. `strict` gives no credit for what any two pictures share: a cosine counts as it is, from
0 up, and both pictures lie on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image, ImageChops, ImageOps
from skimage.metrics import structural_similarity

from vincicoder.evaluate.canvas import on_one_page, resized
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair, Pixels
from vincicoder.sample import Domain
from vincicoder.similarity.encoders.picture_models import KINDS, PictureModel

_UNISVG_SIDE, _UNISVG_WINDOW = 336, 7
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
    failed: float | None = 0.0
    domains: tuple[str, ...] = ()


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
    "unisvg": _Kind(
        ("clip", "lpips_alex"), f"{_VLMEVALKIT}/utils/uni_svg.py", _unisvg, failed=0.0, domains=(Domain.SVG,)
    ),
    "sarena": _Kind(
        ("clip", "dino", "lpips_vgg"), f"{_VLMEVALKIT}/sarena.py", _sarena, failed=None, domains=(Domain.SVG,)
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
        applies=lambda pair: not of.domains or pair.domain in of.domains,
        worst=of.worst,
        best=of.best,
        failed=of.failed,
    )


def not_measured(models: Models | Mapping[str, str]) -> dict[str, str]:
    """Return every metric that lacks an encoder, and what to give."""
    return {
        name: "no weights given for "
        + ", ".join(missing)
        + f": --encoder {missing[0]}=FOLDER ({KINDS[missing[0]]})"
        for name, of in _METRICS.items()
        if (missing := [kind for kind in of.needs if kind not in models])
    }
