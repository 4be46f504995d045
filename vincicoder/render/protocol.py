"""What a language's renderer is: one file per language, registered in `registry.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import RenderLimits
from vincicoder.sample import Reason

MAX_SCALE = 16
_MAX_SELECTOR_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of one rendered sample: uint8 of shape (height, width, 3), on white. `notes`: see `notes.py`."""

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sample has no picture: the sample's own fault. `detail` is at most 2,000 characters."""

    reason: Reason
    detail: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageView:
    """What the picture of a handed-over page shows.

    `element` is a CSS selector: the picture is the first such element's box, at `scale` device pixels
    a CSS pixel (0 < scale <= MAX_SCALE). A page that ends without such an element is rejected as
    `render.error`, or `render.missing_dependency` where its `document.title` begins with "missing ";
    the title is the detail. An empty `element` means the whole page.
    `library` says that the document is no page but a text for a drawing library (`html_library`), by the
    name of its language: the picture is then the library's drawing.
    """

    element: str = ""
    scale: float = 1.0
    library: str = ""

    @staticmethod
    def from_message(fields: Mapping[str, Any]) -> PageView:
        """Read what came over the wire. Raises KeyError, TypeError or ValueError."""
        element, scale, library = str(fields["element"]), float(fields["scale"]), str(fields["library"])
        if len(library) > _MAX_SELECTOR_CHARACTERS:
            raise ValueError(f"a library of {len(library)} characters")
        if len(element) > _MAX_SELECTOR_CHARACTERS or not 0 < scale <= MAX_SCALE:
            raise ValueError(f"a view of {element[:_MAX_SELECTOR_CHARACTERS]!r} at scale {scale}")
        return PageView(element, scale, library)


@dataclass(frozen=True, slots=True)
class HandOver:
    """An outcome of `render`: a document in another language that draws this sample.

    The engine passes the document to a worker of that language, which draws it as one of its own:
    as hostile as any. Caller and caches see one result: its seconds and its limits are those of both
    hops together, each hop has its own retry, and `fingerprint` of the first language covers the
    second. The first language's `Registration` must name the second in `hands_over_to`; the second
    renderer must have `render_page` (`html` and `graphviz` have). A job is handed over once.
    `cpu_seconds` is what was used for it beyond the worker's own process and that one's ended children.
    `notes` stand before those of the second worker.
    """

    language: str
    document: str
    view: PageView
    cpu_seconds: float = 0.0
    notes: tuple[str, ...] = ()


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

    def render(self, code: str) -> Picture | Refusal | HandOver:
        """Render one sample; leave nothing behind that the next sample could see."""

    def close(self) -> None:
        """Stop whatever was started."""


class PageRenderer(WorkerRenderer, Protocol):
    """A renderer to which others may hand over."""

    def render_page(self, code: str, view: PageView) -> Picture | Refusal:
        """Render one document that another language's renderer made."""


class RendererModule(Protocol):
    """The module-level names of `vincicoder/render/<language>.py`; importing it must be cheap.

    A language that has no worker of its own, because another's draws it, has
    `hand_over(code: str) -> HandOver` instead of `create`: it runs in the engine's process, so it must be
    cheap and do no more than wrap the code.

    It may have `affinity(code: str) -> tuple[str, ...]`: names for what a worker keeps of a sample, from what
    most share to what few do, so that the sample goes to a worker that has it (see `affinity.choose`). It
    runs in the engine's process too: cheap, and linear in code that nobody has looked at.
    """

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
