"""Whether librsvg and CairoSVG draw the same picture. Where they do not, the document is doubtful.

One of the two errs then, or the standard leaves open what the document asks for, so the picture may
not be what its author saw. A quality signal, not a reason to reject.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from vincicoder.render.api import RenderRequest, RenderResult, RenderStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vincicoder.render.engine.engine import RenderEngine

FAST, REFERENCE = "svg", "svg-cairosvg"
DOUBTFUL_DIFFERENCE = 10.0
"""Mean difference (of 255) from which a document is doubtful: over the golden set half differ by less
than 0.1, by antialiasing alone, and what is above 10 lacks a shape, a text or a filter in one of the two."""


@dataclass(frozen=True, slots=True)
class SvgAgreement:
    """Two renders of one document, compared.

    `mean_difference` is the mean absolute difference of all channels, 0 to 255, the reference's
    picture resized where sizes differ by rounding; None where one of the two has no picture. `failed` says
    that this was our fault and not the document's.
    """

    request_id: str
    mean_difference: float | None
    detail: str
    failed: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether the two disagree by more than their antialiasing."""
        return self.mean_difference is None or self.mean_difference > DOUBTFUL_DIFFERENCE


def svg_agreement(engine: RenderEngine, requests: Iterable[RenderRequest]) -> Iterator[SvgAgreement]:
    """Render SVG requests with both renderers, in the sandbox, and compare; in the order they finish.

    The language of the requests is not looked at. Constant memory over any number of requests. A
    failure of ours (not of the document) has a `mean_difference` of None and is marked.
    """
    waiting: dict[int, RenderResult] = {}
    names: dict[int, str] = {}

    def both() -> Iterator[RenderRequest]:
        for number, request in enumerate(requests):
            names[number] = request.request_id
            for language in (FAST, REFERENCE):
                yield replace(request, request_id=f"{number} {language}", language=language)

    for result in engine.render(both()):
        position, language = result.request_id.split(" ")
        number = int(position)
        other = waiting.pop(number, None)
        if other is None:
            waiting[number] = result
        else:
            fast, reference = (result, other) if language == FAST else (other, result)
            yield _compare(names.pop(number), fast, reference)


def _compare(request_id: str, fast: RenderResult, reference: RenderResult) -> SvgAgreement:
    for name, result in (("librsvg", fast), ("CairoSVG", reference)):
        if result.status is not RenderStatus.RENDERED:
            outcome = result.reason.value if result.reason else "failed"
            failed = result.status is RenderStatus.FAILED
            return SvgAgreement(request_id, None, f"{name}: {outcome}: {result.detail}"[:500], failed)
    first, second = _pixels(fast), _pixels(reference)
    height, width = first.shape[:2]
    rows, columns = second.shape[:2]
    detail = ""
    if (rows, columns) != (height, width):
        detail = f"sizes differ: {width}x{height}, {columns}x{rows}"
        if abs(width * rows - columns * height) > 0.02 * width * rows:
            return SvgAgreement(request_id, None, detail)
        second = np.asarray(Image.fromarray(second).resize((width, height)))
    difference = float(np.abs(first.astype(np.int16) - second).mean())
    return SvgAgreement(request_id, round(difference, 4), detail)


def _pixels(result: RenderResult) -> NDArray[np.uint8]:
    if result.pixels is not None:
        return result.pixels
    assert result.png is not None
    with Image.open(io.BytesIO(result.png)) as image:
        return np.asarray(image.convert("RGB"))
