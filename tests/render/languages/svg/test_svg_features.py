"""Features of SVG, each drawn as the browser draws it: by librsvg where it can, else by the browser."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tests.render.languages.svg.feature_documents import ANIMATIONS, HEIGHT, WIDTH, document, documents
from vincicoder.render.api import RenderLimits
from vincicoder.render.languages.html.renderer import HtmlRenderer
from vincicoder.render.languages.svg.backends import has_librsvg
from vincicoder.render.languages.svg.worker import render_svg
from vincicoder.render.protocol import HandOver, Picture
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

pytestmark = [
    pytest.mark.skipif(bool(why_unsupported("html")), reason=why_unsupported("html")),
    pytest.mark.skipif(not has_librsvg(), reason="librsvg is not installed (Debian: librsvg2-2)"),
]

_COLUMNS, _ROWS = 1280 // WIDTH, 8
# Share of pixels that may differ clearly once both are smoothed over 3x3 pixels: letters are hinted.
_ALLOWED = 0.004


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HtmlRenderer]:
    renderer = HtmlRenderer()
    renderer.start(RenderLimits(), tmp_path_factory.mktemp("browser"))
    yield renderer
    renderer.close()


def as_images(browser: HtmlRenderer, codes: list[str]) -> Iterator[NDArray[np.uint8]]:
    """Draw documents as `<img>` of one page each forty: the browser's own way, without anything of ours."""
    a_page = _COLUMNS * _ROWS
    for first in range(0, len(codes), a_page):
        images = "".join(
            f'<img src="data:image/svg+xml;base64,{base64.b64encode(code.encode()).decode()}">'
            for code in codes[first : first + a_page]
        )
        style = f"body{{margin:0;font-size:0}}img{{width:{WIDTH}px;height:{HEIGHT}px}}"
        page = browser.render(f"<!DOCTYPE html><style>{style}</style>{images}")
        assert isinstance(page, Picture), page
        for place in range(len(codes[first : first + a_page])):
            row, column = divmod(place, _COLUMNS)
            top, left = row * HEIGHT, column * WIDTH
            yield page.pixels[top : top + HEIGHT, left : left + WIDTH]


def drawn(browser: HtmlRenderer, code: str) -> NDArray[np.uint8]:
    outcome = render_svg(code, RenderLimits())
    if isinstance(outcome, HandOver):
        outcome = browser.render_page(outcome.document, outcome.view)
    assert isinstance(outcome, Picture), outcome
    return outcome.pixels


def differing(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    smooth = [ndimage.uniform_filter(each.astype(np.float32), (3, 3, 1)) for each in (first, second)]
    return float((np.abs(smooth[0] - smooth[1]).max(axis=2) > 40).mean())


def disagreeing(
    browser: HtmlRenderer, pairs: Iterable[tuple[str, str, NDArray[np.uint8]]]
) -> dict[str, float]:
    shares = {name: differing(drawn(browser, code), expected) for name, code, expected in pairs}
    return {name: round(share, 4) for name, share in shares.items() if share > _ALLOWED}


def test_every_feature_is_drawn_as_the_browser_draws_it(browser: HtmlRenderer) -> None:
    table = documents()
    assert len(table) >= 120
    expected = as_images(browser, list(table.values()))
    pairs = zip(table, table.values(), expected, strict=True)
    assert disagreeing(browser, pairs) == {}


def test_animations_stand_at_their_end(browser: HtmlRenderer) -> None:
    expected = as_images(browser, [document(still) for _, still in ANIMATIONS.values()])
    pairs = (
        (name, document(animated), picture)
        for (name, (animated, _)), picture in zip(ANIMATIONS.items(), expected, strict=True)
    )
    assert disagreeing(browser, pairs) == {}


def test_what_librsvg_draws_well_is_not_handed_over() -> None:
    plain = [
        "plain shapes",
        "nested svg",
        "percentages",
        "CSS geometry",
        "CSS :not",
        "CSS transform",
        "clip-path",
        "mask",
    ]
    plain += ["text", "tspan", "text-anchor", "letter-spacing", "marker with context paint", "paint-order"]
    plain += ["image", "gradient with href", "gradient in user space of a turned shape"]
    table = documents()
    outcomes = {name: render_svg(table[name], RenderLimits()) for name in plain}
    assert [name for name, outcome in outcomes.items() if not isinstance(outcome, Picture)] == []


@pytest.mark.parametrize(
    "body",
    [
        "<script>document.documentElement.style.display = 'none'</script>",
        "<g onload=\"document.documentElement.style.display = 'none'\"/>",
        '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml">'
        "<script>parent.document.body.remove()</script></body></foreignObject>",
        '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" '
        'srcdoc="&lt;script>top.document.body.remove()&lt;/script>"/></foreignObject>',
    ],
)
def test_no_script_of_a_drawing_runs_in_the_browser(browser: HtmlRenderer, body: str) -> None:
    shape = '<rect width="256" height="160" style="fill: oklch(0.5 0.2 140)"/>'
    with_script, without = drawn(browser, document(shape + body)), drawn(browser, document(shape))
    assert differing(with_script[20:, 20:], without[20:, 20:]) == 0
    assert np.asarray(Image.fromarray(without).resize((1, 1)))[0, 0].tolist() != [255, 255, 255]


def test_a_document_without_namespaces_is_drawn_too(browser: HtmlRenderer) -> None:
    body = '<symbol id="s"><rect width="90" height="90"/></symbol><use xlink:href="#s" x="50" width="40"/>'
    bare = f'<svg width="{WIDTH}" height="{HEIGHT}">{body}</svg>'
    assert np.array_equal(drawn(browser, bare), drawn(browser, document(body)))
    assert drawn(browser, bare).min() == 0
