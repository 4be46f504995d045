"""Runs every hostile sample, and looks at what it left: neighbours, processes, files, network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vincicoder.render.registry import LANGUAGES, stacks_of, why_unsupported
from vincicoder.sample import Reason

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import Hostile
    from vincicoder.render.self_check.arena import Arena


def _samples() -> list[object]:
    found: list[object] = []
    for language, spec in LANGUAGES.items():
        # Of each language one other stack is attacked: the rest are told apart by versions alone.
        if spec.variant_of and spec.stack and spec.stack not in stacks_of(spec.variant_of)[:1]:
            continue
        reason = why_unsupported(language)
        mark = pytest.mark.skipif(bool(reason), reason=reason)
        found += [
            pytest.param(language, sample, id=f"{language}-{sample.name}", marks=mark)
            for sample in spec.hostile().samples
            # Another stack has the same clock: waiting for its end again would tell nothing new.
            if not (spec.variant_of and spec.stack and sample.expected == Reason.RENDER_TIMEOUT)
        ]
    return found


@pytest.mark.parametrize(("language", "sample"), _samples())
def test_hostile_sample(arena: Arena, language: str, sample: Hostile) -> None:
    """The reason is exact, the neighbour's picture unchanged, nothing is left or reached."""
    assert arena.attack(language, sample) == []


def test_the_suite_is_large_enough() -> None:
    """At least sixty samples over all the languages, and every language has some."""
    counted = {language: len(spec.hostile().samples) for language, spec in LANGUAGES.items()}
    assert sum(counted.values()) >= 60
    assert all(counted.values()), counted
