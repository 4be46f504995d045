"""The hostile SVG samples once more, for the reference renderer: what it says otherwise."""

from __future__ import annotations

from dataclasses import replace

from tests.conformance.hostile_svg import NEIGHBOUR
from tests.conformance.hostile_svg import SAMPLES as _SAMPLES

__all__ = ["NEIGHBOUR", "SAMPLES"]

_OTHERWISE = {
    "use_cycle": ("render.error", "RecursionError"),
    "deep_nesting": ("render.error", "RecursionError"),
    "filter_bomb": ("rendered", ""),  # it knows none of these filters
}

SAMPLES = [
    replace(sample, expected=_OTHERWISE[sample.name][0], says=_OTHERWISE[sample.name][1])
    if sample.name in _OTHERWISE
    else sample
    for sample in _SAMPLES
]
