"""What a language's renderer is: one file per language, registered in `registry.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import RenderLimits
from vincicoder.sample import Reason


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of one rendered sample: uint8 of shape (height, width, 3), on white."""

    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sample has no picture: the sample's own fault. `detail` is at most 2,000 characters."""

    reason: Reason
    detail: str


class WorkerRenderer(Protocol):
    """Lives in a worker process and renders one sample at a time.

    A worker is its own process group; the engine kills the group when the wall deadline passes,
    so `render` may block on hostile code. Anything it raises (`InfrastructureError` or other) is
    our fault: the worker is replaced and the sample tried once more.
    """

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Warm up: import, launch the browser, load the format.

        `workspace` is private and emptied by the engine.
        """

    def render(self, code: str) -> Picture | Refusal:
        """Render one sample; leave nothing behind that the next sample could see."""

    def close(self) -> None:
        """Stop whatever was started."""


class RendererModule(Protocol):
    """The module-level names of `vincicoder/render/<language>.py`; importing it must be cheap."""

    def create(self) -> WorkerRenderer:
        """Make the worker-side renderer."""

    def fingerprint(self) -> Mapping[str, str]:
        """Everything that decides the pixels: engine, versions, fonts, dpi, viewport.

        Cheap, called in the parent.
        """

    def missing_tools(self) -> list[str]:
        """What must be installed to render this language here, in words a user can act on.

        Empty when ready.
        """
