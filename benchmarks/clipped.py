"""Sides cut off renders: how often verify tells that content is clipped, and of how many as rendered."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.structure import commonest_color
from vincicoder.verify import clipped_share

Pixels = NDArray[np.uint8]

_CUTS = 3  # of each picture
_INK_LEVELS = 48


def measure_clipped(renders: list[Pixels], language: str) -> dict[str, Any]:
    """Cut 15 to 30 % off a side where that goes through something drawn.

    `recall` is the share of the cut pictures that are detected. `flagged` counts uncut pictures that are
    reported (some are truly cut off: look at them), and `false_alarm` is their share. `untold` counts those
    that cannot be measured.
    """
    shares = [clipped_share(render, language) for render in renders]
    planted = detected = 0
    for row, (render, share) in enumerate(zip(renders, shares, strict=True)):
        chance = np.random.default_rng(row)
        for _ in range(_CUTS if not share else 0):
            cut = cut_through_ink(render, chance)
            if cut is not None:
                planted += 1
                detected += bool(clipped_share(cut, language))
    flagged = sum(map(bool, shares))
    return {
        "planted": planted,
        "recall": round(detected / planted, 4) if planted else None,
        "pictures": len(renders),
        "flagged": flagged,
        "false_alarm": round(flagged / len(renders), 4) if renders else None,
        "untold": shares.count(None),
    }


def cut_through_ink(render: Pixels, chance: np.random.Generator) -> Pixels | None:
    """Cut 15 to 30 % off one side; None where the cut goes through nothing but background."""
    turned = np.rot90(render, int(chance.integers(4)))
    cut = turned[int(len(turned) * chance.uniform(0.15, 0.3)) :]
    inked = np.abs(cut[0].astype(np.int16) - commonest_color(render)).max(axis=1) > _INK_LEVELS
    return np.ascontiguousarray(cut) if inked.any() else None
