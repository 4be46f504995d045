"""Ladders of faults: one program per language, spoilt in five steps that grow worse, and pictures likewise.

A step keeps all the faults of the step before it, or makes the same fault larger.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.uint8]
STEPS = 5

_WORDS = ("North", "South", "East", "West", "Centre", "Coast", "Quarterly sales")
_OTHERS = ("Brick", "Mould", "Dune", "Peak", "Harbor", "Plain", "Monthly losses")
_HUES = (0, 20, 40, 60, 80, 100)  # degrees, all warm: turned by up to 150 they never meet again


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a program: hues turned (degrees), items left out, the legend moved (share of the
    width), words changed. All 0: the reference."""

    hue: float = 0.0
    missing: int = 0
    moved: float = 0.0
    words: int = 0

    @property
    def items(self) -> list[tuple[str, str]]:
        """The word and the colour (RRGGBB) of each item that is left."""
        return list(zip(self.texts[:6], map(self._color, _HUES), strict=True))[: 6 - self.missing]

    @property
    def texts(self) -> tuple[str, ...]:
        """The items' words, and the title."""
        order = (6, 0, 3, 1, 4, 2, 5)
        changed = order[: self.words]
        return tuple(
            other if place in changed else word
            for place, (word, other) in enumerate(zip(_WORDS, _OTHERS, strict=True))
        )

    def _color(self, hue: float) -> str:
        parts = colorsys.hls_to_rgb((hue + self.hue) % 360 / 360, 0.5, 0.7)
        return "".join(f"{round(255 * part):02x}" for part in parts)


def _python(fault: Fault) -> str:
    lines = [
        f"ax.plot(range(8), [({n} * 7 + x * x * (3 + {n}) + 5 * x) % 23 + 4 * {n} for x in range(8)], "
        f"color='#{color}', linewidth=2.5, label='{word}')"
        for n, (word, color) in enumerate(fault.items)
    ]
    return "\n".join(
        [
            "import matplotlib.pyplot as plt",
            "fig, ax = plt.subplots(figsize=(7, 5))",
            *lines,
            "ax.set_xlim(0, 7)",
            "ax.set_ylim(0, 75)",
            f"ax.set_title('{fault.texts[6]}')",
            f"ax.legend(loc=({0.02 + fault.moved}, 0.62))",
            "plt.savefig('chart.png')",
        ]
    )


def _html(fault: Fault) -> str:
    cards = "".join(
        f'<div style="background:#{color};width:200px;height:120px;margin:10px;padding:12px;'
        f'display:inline-block;font-size:26px;color:white">{word}</div>'
        for word, color in fault.items
    )
    return (
        f'<body style="font-family:sans-serif;margin:24px"><h1>{fault.texts[6]}</h1><div>{cards}</div>'
        f'<div style="border:2px solid #333;padding:16px;width:180px;margin-left:{fault.moved * 1200:.0f}px">'
        "<b>Legend</b><br>All figures in thousands, at the end of each year</div></body>"
    )


def _svg(fault: Fault) -> str:
    shapes = "".join(
        f'<rect x="{40 + n * 90}" y="{330 - (n * 83 % 190 + 60)}" width="70" height="{n * 83 % 190 + 60}" '
        f'fill="#{color}"/><text x="{45 + n * 90}" y="352" font-size="18">{word}</text>'
        for n, (word, color) in enumerate(fault.items)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400" viewBox="0 0 600 400" '
        f'font-family="sans-serif"><text x="180" y="40" font-size="28">{fault.texts[6]}</text>{shapes}'
        f'<g transform="translate({20 + fault.moved * 600:.1f} 60)"><rect width="120" height="46" '
        'fill="white" stroke="black"/><circle cx="20" cy="23" r="9" fill="#345"/>'
        '<text x="40" y="29" font-size="16">thousands</text></g></svg>'
    )


def _latex(fault: Fault) -> str:
    nodes = [
        f"\\definecolor{{c{n}}}{{HTML}}{{{color.upper()}}}\\node[draw,fill=c{n},minimum width=2cm,"
        f"minimum height=1cm] at ({n % 3 * 3},{-(n // 3) * 2}) {{{word}}};"
        for n, (word, color) in enumerate(fault.items)
    ]
    return "\n".join(
        [
            "\\documentclass[tikz,border=6pt]{standalone}",
            "\\begin{document}\\begin{tikzpicture}",
            "\\useasboundingbox (-2,-5) rectangle (9,2);",
            f"\\node[font=\\Large] at (3,1.4) {{{fault.texts[6]}}};",
            *nodes,
            f"\\node[draw,double,anchor=west] at ({-1.8 + fault.moved * 11:.2f},-4.2) {{all in thousands}};",
            "\\end{tikzpicture}\\end{document}",
        ]
    )


PROGRAMS: Mapping[str, Callable[[Fault], str]] = {
    "python": _python,
    "html": _html,
    "svg": _svg,
    "latex": _latex,
}

PROGRAM_LADDERS: Mapping[str, tuple[Fault, ...]] = {
    "colour_shift": tuple(Fault(hue=hue) for hue in (12, 25, 50, 90, 150)),
    "missing_element": tuple(Fault(missing=count) for count in (1, 2, 3, 4, 5)),
    "moved_legend": tuple(Fault(moved=share) for share in (0.03, 0.08, 0.18, 0.32, 0.5)),
    "text_changed": tuple(Fault(words=count) for count in (1, 2, 3, 5, 7)),
}


def _cropped(pixels: Pixels, step: int) -> Pixels:
    share = (0.04, 0.08, 0.15, 0.25, 0.4)[step]
    return pixels[:, : round(pixels.shape[1] * (1 - share))]


def _blurred(pixels: Pixels, step: int) -> Pixels:
    radius = (0.7, 1.5, 3.0, 6.0, 12.0)[step]
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


PIXEL_LADDERS: Mapping[str, Callable[[Pixels, int], Pixels]] = {"crop": _cropped, "blur": _blurred}

LADDERS = (*PROGRAM_LADDERS, *PIXEL_LADDERS)
