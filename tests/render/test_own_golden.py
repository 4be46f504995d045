"""Programs of our own look as they did, and the same each time and in any order."""

from __future__ import annotations

import pytest

from tests.render.own_set import language_of, look_of, own_samples, own_sets, recorded
from vincicoder.guess_language import guess_language
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.registry import LANGUAGES, why_unsupported

_HASH_TOLERANCE = 8  # bits of 64, for other minor versions of fonts
_BRIGHTNESS_TOLERANCE = 3.0


@pytest.mark.parametrize("name", own_sets())
def test_own_programs_look_as_they_did(name: str) -> None:
    language = language_of(name)
    if reason := why_unsupported(language):
        pytest.skip(reason)
    codes = own_samples(name)
    with RenderEngine(workers=1) as engine:
        rounds = []
        for order in (range(len(codes)), reversed(range(len(codes)))):
            requests = [RenderRequest(str(number), language, codes[number]) for number in order]
            rounds.append({result.request_id: result for result in engine.render(requests)})
    lacking = [one.detail for one in rounds[0].values() if one.reason == "render.unsupported"]
    if lacking:
        pytest.skip(lacking[0])
    changed = []
    for number, before in enumerate(recorded(name)):
        first, again = (results[str(number)] for results in rounds)
        assert first.pixels_sha256 == again.pixels_sha256, f"no. {number} is drawn differently each time"
        now = look_of(first)
        if (
            (int(now[2], 16) ^ int(before[2], 16)).bit_count() > _HASH_TOLERANCE
            or abs(now[3] - before[3]) > _BRIGHTNESS_TOLERANCE
            or max(abs(now[0] - before[0]), abs(now[1] - before[1])) > 2
        ):
            changed.append((number, before, now))
    assert changed == []


@pytest.mark.parametrize("name", own_sets())
def test_own_programs_are_recognised_and_pass_their_rules(name: str) -> None:
    language = language_of(name)
    spec = LANGUAGES[language]
    codes = own_samples(name)
    assert len(codes) == len(recorded(name)) >= 12
    assert [guess_language(code) for code in codes] == [language] * len(codes)
    assert [spec.syntax_error(code) for code in codes if spec.syntax_error and spec.syntax_error(code)] == []
    assert language != name or (
        spec.chart_type is not None and len({spec.chart_type(code) for code in codes}) > 3
    )
