"""The hostile SVG samples again, for the reference renderer, with the results that differ."""

from __future__ import annotations

from dataclasses import replace

from vincicoder.render.languages.hostile_sample import HostileSuite
from vincicoder.render.languages.svg.hostile import SUITE as SVG_SUITE

_OTHERWISE = {
    "use_cycle": ("render.error", "RecursionError"),
    "deep_nesting": ("render.error", "RecursionError"),
}

SUITE = HostileSuite(
    SVG_SUITE.neighbours,
    tuple(
        replace(sample, expected=_OTHERWISE[sample.name][0], says=_OTHERWISE[sample.name][1])
        if sample.name in _OTHERWISE
        else sample
        for sample in SVG_SUITE.samples
    ),
)
