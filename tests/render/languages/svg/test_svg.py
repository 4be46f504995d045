"""SVG: sizes, agreement of the two libraries, and what the guard lets through."""

from __future__ import annotations

import numpy as np
import pytest

from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.api import RenderLimits
from vincicoder.render.languages.svg.backends import draw_with_cairosvg, draw_with_librsvg, has_librsvg
from vincicoder.render.languages.svg.guard import check_svg
from vincicoder.render.languages.svg.worker import render_svg
from vincicoder.render.protocol import Picture, Refusal

_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_SHAPE = '<rect x="10%" y="10%" width="50%" height="50%" fill="navy"/>'

needs_librsvg = pytest.mark.skipif(not has_librsvg(), reason="librsvg is not installed (Debian: librsvg2-2)")


def drawn(attributes: str, body: str = _SHAPE) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    outcome = render_svg(f"<svg {_NAMESPACE} {attributes}>{body}</svg>", RenderLimits())
    assert isinstance(outcome, Picture), outcome
    return outcome.pixels


@needs_librsvg
@pytest.mark.parametrize(
    ("attributes", "width", "height"),
    [
        ('width="300" height="200"', 300, 200),
        ('width="256" height="10"', 256, 10),
        ('width="1024" height="1024"', 1024, 1024),
        ('width="24" height="24" viewBox="0 0 24 24"', 512, 512),
        ('width="24" height="12"', 512, 256),
        ('width="5000" height="2500"', 512, 256),
        ('viewBox="0 0 400 300"', 400, 300),
        ('viewBox="0 0 10 40"', 128, 512),
        ('width="100%" height="100%" viewBox="0 0 300 600"', 300, 600),
        ('width="300pt" height="150pt"', 400, 200),  # 96 pixels an inch, 72 points an inch
        ('width="10cm" height="10cm"', 378, 378),
        ('width="600" viewBox="0 0 300 100"', 600, 200),  # one side: the other by the viewBox's ratio
        ('height="300" viewBox="0 0 100 200"', 150, 300),
        ('width="100%" height="300" viewBox="0 0 100 200"', 150, 300),
        ('width="600" height="auto" viewBox="0 0 300 100"', 600, 200),
        ('width="30" viewBox="0 0 300 100"', 512, 171),
        ('style="width: 400px" viewBox="0 0 300 150"', 400, 200),
        ('width="400" height="0" viewBox="0 0 300 150"', 400, 200),
        ('width="300"', 300, 300),
        ("", 512, 512),
    ],
)
def test_the_size_rule(attributes: str, width: int, height: int) -> None:
    assert drawn(attributes).shape == (height, width, 3)


@needs_librsvg
def test_a_small_picture_without_a_view_box_is_scaled_whole() -> None:
    pixels = drawn('width="20" height="20"', '<rect width="10" height="20" fill="#000"/>')
    assert pixels[256, 128].tolist() == [0, 0, 0]
    assert pixels[256, 384].tolist() == [255, 255, 255]


@needs_librsvg
def test_the_encoding_that_a_document_once_had_changes_nothing() -> None:
    body = f'<svg {_NAMESPACE} width="300" height="99"><text y="50">\u00e9\u00df</text></svg>'
    plain, declared = (
        render_svg(head + body, RenderLimits())
        for head in ('<?xml version="1.0"?>', "<?xml version='1.0' encoding='ISO-8859-1'?>")
    )
    assert isinstance(plain, Picture) and isinstance(declared, Picture)
    assert np.array_equal(plain.pixels, declared.pixels)


def test_a_script_that_makes_elements_is_refused_by_name() -> None:
    script = "document.documentElement.appendChild(document.createElement('rect'))"
    refusal = render_svg(f"<svg {_NAMESPACE}><script>{script}</script></svg>", RenderLimits())
    assert isinstance(refusal, Refusal)
    assert refusal.reason.value == "render.forbidden"
    assert "<script>" in refusal.detail


@needs_librsvg
def test_both_libraries_follow_the_size_rule() -> None:
    code = f'<svg {_NAMESPACE} width="30pt" height="15pt" viewBox="0 0 30 15">{_SHAPE}</svg>'
    assert draw_with_cairosvg(code).shape == draw_with_librsvg(code).shape == (256, 512, 3)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.com/"><text y="20">link</text></a>',
        '<defs><linearGradient id="g"/></defs><rect fill="url(#g)" width="9" height="9"/>',
        '<g id="a"/><use xlink:href="#a"/><use href="#a"/>',
        '<image width="1" height="1" href="data:image/png;base64,AAAA"/>',
        "<style>rect { fill: red }</style><metadata>http://example.com</metadata>",
    ],
)
def test_the_guard_lets_honest_documents_through(body: str) -> None:
    assert check_svg(f"<svg {_NAMESPACE}>{body}</svg>") is None


def test_the_guard_accepts_the_entities_of_drawing_programs() -> None:
    head = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" ['
    )
    entity = '<!ENTITY ns_svg "http://www.w3.org/2000/svg">'
    assert check_svg(f'<?xml version="1.0"?>{head}{entity}]><svg xmlns="&ns_svg;"><g/></svg>') is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<image href="a.png"/>', "outside"),
        ('<image xlink:href="\n  /etc/passwd"/>', "outside"),
        ('<style>rect { fill: url("http://x.example/a") }</style>', "outside"),
        ('<rect style="fill:url(file:///a#b)"/>', "outside"),
        ('<foreignObject><img src="http://x.example/a.png"/></foreignObject>', "outside"),
        ('<foreignObject><object data="a.svg"/></foreignObject>', "outside"),
    ],
)
def test_the_guard_names_what_reaches_outside(body: str, words: str) -> None:
    refusal = check_svg(f"<svg {_NAMESPACE}>{body}</svg>")
    assert isinstance(refusal, Refusal)
    assert refusal.reason.value == "render.forbidden"
    assert words in refusal.detail


def test_without_a_browser_the_feature_that_needs_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "vincicoder.render.engine.supervisor.why_unsupported", lambda language: f"no {language}"
    )
    path = "<path id='p' d='M0,20 L80,20'/>"
    code = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'>"
        f"<defs>{path}</defs><text><textPath href='#p'>along</textPath></text></svg>"
    )
    with RenderEngine(workers=1) as engine:
        (result,) = engine.render([RenderRequest("one", "svg", code)])
    assert (result.reason and result.reason.value) == "render.unsupported"
    assert result.detail.startswith("no html; needed for needs_browser:")
    assert "textPath" in result.detail and any("textPath" in note for note in result.notes)
