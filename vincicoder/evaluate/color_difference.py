"""How far apart two colours look: CIE 2000, from sRGB under D65."""

from __future__ import annotations

import math
from functools import cache

# As in colormath 3.0, with which ChartMimic computes; other tables differ in the fifth digit.
_TO_XYZ = (
    (0.412424, 0.357579, 0.180464),
    (0.212656, 0.715158, 0.0721856),
    (0.0193324, 0.119193, 0.950444),
)
_WHITE = (0.95047, 1.0, 1.08883)
_EPSILON = 216.0 / 24389.0


@cache
def lab(color: str) -> tuple[float, float, float]:
    """Return L, a and b of a colour written as #RRGGBB, with anything after it. Raises ValueError."""
    red, green, blue = (float(int(color[place : place + 2], 16)) for place in (1, 3, 5))
    return lab_of((red, green, blue))


def lab_of(color: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return L, a and b of a colour of levels 0 to 255."""
    levels = [level / 255 for level in color]
    linear = [
        level / 12.92 if level <= 0.04045 else math.pow((level + 0.055) / 1.055, 2.4) for level in levels
    ]
    parts = []
    for row, white in zip(_TO_XYZ, _WHITE, strict=True):
        value = sum(weight * level for weight, level in zip(row, linear, strict=True)) / white
        parts.append(math.pow(value, 1 / 3) if value > _EPSILON else 7.787 * value + 16 / 116)
    x, y, z = parts
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def delta_e_2000(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    """Return the CIE 2000 difference of two colours in CIELAB (Sharma, Wu and Dalal 2005); 0 means equal."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - math.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    c1, c2 = math.hypot(stretch * a1, b1), math.hypot(stretch * a2, b2)
    h1, h2 = _hue(stretch * a1, b1), _hue(stretch * a2, b2)
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    turn = h2 - h1
    if abs(turn) > 180:
        turn += 360 if h2 <= h1 else -360
    hue = (h1 + h2 + (360 if abs(h1 - h2) > 180 else 0)) / 2
    weight = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.2 * math.cos(math.radians(4 * hue - 63))
    )
    apart = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn) / 2)
    by_lightness = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    by_chroma, by_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * weight
    rotation = 30 * math.exp(-(((hue - 275) / 25) ** 2))
    blue = -2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * math.sin(math.radians(2 * rotation))
    terms = ((l2 - l1) / by_lightness, (c2 - c1) / by_chroma, apart / by_hue)
    return math.sqrt(max(sum(term * term for term in terms) + blue * terms[1] * terms[2], 0.0))


def _hue(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360
