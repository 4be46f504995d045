"""An answer beside its reference: what metrics look at."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.evaluate.text_blocks import PageBlocks
from vincicoder.evaluate.trace import Trace
from vincicoder.render.finish import flatten_on_white
from vincicoder.verify.picture import PictureLimits, ink_fraction

Pixels = NDArray[np.uint8]
_LIMITS = PictureLimits()


@dataclass(frozen=True)
class Side:
    """One side of a pair: the program (None where there is none), its picture as PNG, what it noted of its
    drawing (`vincicoder.evaluate.trace`), why there is no picture, and where a page shows its texts."""

    code: str | None = None
    png: bytes | None = None
    trace: Trace | None = None
    reason: str = ""
    blocks: PageBlocks | None = None

    @cached_property
    def pixels(self) -> Pixels:
        """The picture as RGB on white, uint8 of shape (height, width, 3). There must be one."""
        assert self.png is not None
        with Image.open(io.BytesIO(self.png)) as image:
            return flatten_on_white(image)

    @cached_property
    def is_blank(self) -> bool:
        """Whether there is a picture and it shows nothing: one colour, give or take a speck."""
        if self.png is None:
            return False
        return ink_fraction(self.pixels, _LIMITS.ink_levels) < _LIMITS.min_ink_fraction


@dataclass(frozen=True, slots=True)
class Tries:
    """How often an item was answered, how often that drew a picture, and one that shows something; and how
    often an item of the run was answered at most."""

    number: int
    drawn: int
    shown: int
    most: int


@dataclass(frozen=True)
class Pair:
    """One item: its language and domain, the reference and the answer, which is the first of `tries` where
    items were answered several times."""

    item_id: str
    language: str
    domain: str
    reference: Side
    answer: Side
    tries: Tries | None = None
    kept: dict[str, Any] = field(init=False, default_factory=dict)
    """What metrics of one pair share, by a name: the same is not computed twice."""
