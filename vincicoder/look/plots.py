"""Histograms and curves as SVG. Colours are those of the page: they follow its light and dark mode."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT, _BASE, _TOP = 320, 120, 98, 14


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of adjacent bins of one width, from `low` to `high`; `labels` are those of the two ends.

    `bound` is where a threshold lies, in the same unit; `kept` and `refused` are counts by bin.
    """

    title: str
    low: float
    high: float
    labels: tuple[str, str]
    kept: Sequence[int]
    refused: Sequence[int] = ()
    bound: float | None = None
    bound_label: str = ""


def histogram_svg(plot: Histogram) -> Markup:
    """Draw one histogram, 320 x 120 units: kept rows from the base, refused ones on top of them."""
    refused = list(plot.refused) or [0] * len(plot.kept)
    most = max((a + b for a, b in zip(plot.kept, refused, strict=True)), default=0) or 1
    width = _WIDTH / max(len(plot.kept), 1)
    parts = []
    for number, (kept, out) in enumerate(zip(plot.kept, refused, strict=True)):
        below = _bar_height(kept, most)
        above = _bar_height(out, most)
        for height, base, name in ((below, _BASE, "kept"), (above, _BASE - below, "refused")):
            if height:
                parts.append(
                    f'<rect class="{name}" x="{number * width + 0.5:.1f}" y="{base - height:.1f}" '
                    f'width="{max(width - 1, 0.5):.1f}" height="{height:.1f}"/>'
                )
    if plot.bound is not None and plot.high > plot.low:
        x = min(max((plot.bound - plot.low) / (plot.high - plot.low), 0), 1) * _WIDTH
        anchor = "end" if x > _WIDTH / 2 else "start"
        parts.append(f'<line class="bound" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{_BASE}"/>')
        shift = -4 if anchor == "end" else 4
        parts.append(
            f'<text class="bound" x="{x + shift:.1f}" y="10" text-anchor="{anchor}">'
            f"{escape(plot.bound_label)}</text>"
        )
    total = sum(plot.kept) + sum(refused)
    return Markup(
        f'<figure class="plot"><figcaption>{escape(plot.title)} <span>{total:,}</span></figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(plot.title)}">'
        f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_BASE + 0.5}" y2="{_BASE + 0.5}"/>'
        f"{''.join(parts)}"
        f'<text x="0" y="{_HEIGHT - 6}">{escape(plot.labels[0])}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 6}" text-anchor="end">{escape(plot.labels[1])}</text>'
        "</svg></figure>"
    )


def curve_svg(title: str, points: Sequence[tuple[int, float]]) -> Markup:
    """Draw values by step, 320 x 120 units, from the lowest value to the highest; no number is a gap."""
    numbers = [value for _, value in points if isfinite(value)]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 0.0)
    first, last = points[0][0], points[-1][0]
    lines: list[list[str]] = [[]]
    for step, value in points:
        if not isfinite(value):
            lines.append([])
            continue
        x = (step - first) / max(last - first, 1) * _WIDTH
        y = _BASE - ((value - low) / (high - low) if high > low else 0.5) * (_BASE - _TOP)
        lines[-1].append(f"{x:.1f},{y:.1f}")
    drawn = "".join(f'<polyline class="curve" points="{" ".join(line)}"/>' for line in lines if line)
    return Markup(
        f'<figure class="plot"><figcaption>{escape(title)} <span>{points[-1][1]:.4g} at the end</span>'
        "</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_BASE + 0.5}" y2="{_BASE + 0.5}"/>{drawn}'
        f'<text x="0" y="10">{high:.4g}</text><text x="0" y="{_BASE - 3}">{low:.4g}</text>'
        f'<text x="0" y="{_HEIGHT - 6}">step {first}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 6}" text-anchor="end">{last}</text></svg></figure>'
    )


def _bar_height(count: int, most: int) -> float:
    """At least a visible line where there is anything."""
    return max(count / most * (_BASE - _TOP), 1.5) if count else 0.0
