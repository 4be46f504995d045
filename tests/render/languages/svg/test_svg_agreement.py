"""Two libraries draw the same SVG: they agree on real pictures, and what they disagree on is marked."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest

from tests.render.golden_set import code_of, read_golden
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.languages.svg.agreement import svg_agreement
from vincicoder.render.languages.svg.backends import has_librsvg
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.skipif(bool(why_unsupported("svg-cairosvg")), reason=why_unsupported("svg-cairosvg")),
    pytest.mark.skipif(not has_librsvg(), reason="librsvg is not installed (Debian: librsvg2-2)"),
]

_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">'


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=2, output="pixels", measure=False) as opened:
        yield opened


def _agreements(engine: RenderEngine, codes: list[str]) -> dict[int, tuple[float | None, bool, str]]:
    requests = (RenderRequest(str(number), "svg", code) for number, code in enumerate(codes))
    return {
        int(found.request_id): (found.mean_difference, found.doubtful, found.detail)
        for found in svg_agreement(engine, requests)
    }


def test_the_golden_set_is_drawn_alike(engine: RenderEngine) -> None:
    codes = [code for code in map(code_of, read_golden("svg")) if code is not None]
    if not codes:
        pytest.skip("the corpora of the golden set are not on this machine")
    found = _agreements(engine, codes)
    assert len(found) == len(codes)
    differences = [difference for difference, _, _ in found.values() if difference is not None]
    assert statistics.median(differences) < 0.1, found
    assert sum(doubtful for _, doubtful, _ in found.values()) <= len(codes) // 20, found


def test_what_only_one_draws_is_doubtful(engine: RenderEngine) -> None:
    red = "0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0"
    flood = f'<filter id="f"><feColorMatrix type="matrix" values="{red}"/></filter>'
    rectangle = '<rect width="300" height="300" fill="blue" filter="url(#f)"/>'
    plain = '<rect width="300" height="300" fill="blue"/>'
    found = _agreements(
        engine, [f"{_OPEN}{flood}{rectangle}</svg>", f"{_OPEN}{plain}</svg>", f"{_OPEN}<g></svg>"]
    )
    assert found[0][0] is not None and found[0][0] > 100 and found[0][1]
    assert found[1] == (0.0, False, "")
    assert found[2][0] is None and found[2][1] and "render.error" in found[2][2]


def test_the_reference_renderer_has_a_fingerprint_of_its_own(engine: RenderEngine) -> None:
    code = f"{_OPEN}<rect width='9' height='9'/></svg>"
    results = {
        result.request_id: result
        for result in engine.render(RenderRequest(name, name, code) for name in ("svg", "svg-cairosvg"))
    }
    assert results["svg"].fingerprint != results["svg-cairosvg"].fingerprint
    assert results["svg-cairosvg"].width == results["svg"].width == 300
