"""Pixels of real samples: an upgrade that changes them is seen, and no order or load changes them."""

from __future__ import annotations

import random

import pytest

from tests.render.golden_set import FOLDER, Golden, code_of, read_golden
from vincicoder.render import RenderEngine, RenderRequest, RenderResult
from vincicoder.render.registry import why_unsupported

# Other minor versions of fonts and libraries move a few bits; a lost legend or another style moves more.
_HASH_TOLERANCE = 8  # bits of 64
_BRIGHTNESS_TOLERANCE = 3.0  # of 255, mean over the picture
_AGAIN = 3  # every so many samples are drawn a second time, in another order
_ENOUGH = 30  # of forty: other versions of the corpora may lack some


def _available(language: str) -> dict[str, tuple[Golden, str]]:
    found = {}
    for golden in read_golden(language):
        code = code_of(golden)
        if code is not None:
            found[golden.code_sha256] = (golden, code)
    return found


@pytest.mark.parametrize("language", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_golden_samples_look_as_they_did(language: str) -> None:
    reason = why_unsupported(language)
    if reason:
        pytest.skip(reason)
    samples = _available(language)
    if not samples:
        pytest.skip("the corpora of the golden set are not on this machine")
    assert len(samples) >= _ENOUGH, (
        f"only {len(samples)} samples are in today's corpora: python tests/render/golden_set.py {language}"
    )
    results: dict[str, list[RenderResult]] = {name: [] for name in samples}
    with RenderEngine(workers=2) as engine:
        for turn, step in enumerate((1, _AGAIN)):
            names = list(samples)[::step]
            random.Random(turn).shuffle(names)
            for result in engine.render(RenderRequest(name, language, samples[name][1]) for name in names):
                results[result.request_id].append(result)

    changed = []
    for name, (golden, _) in samples.items():
        assert len({result.pixels_sha256 for result in results[name]}) == 1, (
            f"{golden} is drawn differently each time"
        )
        result = results[name][0]
        if result.phash is None or result.thumbnail is None:
            changed.append((golden, result.detail))
            continue
        bits = (result.phash ^ int(golden.phash, 16)).bit_count()
        brightness = sum(result.thumbnail) / len(result.thumbnail)
        if (
            bits > _HASH_TOLERANCE
            or abs(brightness - golden.brightness) > _BRIGHTNESS_TOLERANCE
            or abs(result.width - golden.width) > 2
            or abs(result.height - golden.height) > 2
        ):
            changed.append(
                (golden, f"{bits} bits, brightness {brightness:.1f}, {result.width}x{result.height}")
            )
    assert changed == []
