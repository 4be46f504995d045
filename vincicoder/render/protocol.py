"""What a language's renderer is, and what passes between it and the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import Recording, RenderLimits
from vincicoder.sample import DataFile, Reason

MAX_SCALE = 16
MAX_TRACE_BYTES = 1 << 18
_MAX_SELECTOR_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of one rendered sample: uint8 of shape (height, width, 3), on white. `notes`: see `notes.py`.

    `trace` is a record of what was drawn, at most MAX_TRACE_BYTES in UTF-8, where one was asked for.
    """

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()
    trace: str = ""


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
    second. The first language's spec must name the second in `hands_over_to`; the second's renderer must
    have `render_page` (`html` and `graphviz` have). A job is handed over once.
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


Drawer = TypeVar("Drawer", bound=WorkerRenderer)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRenderer(Generic[Drawer]):
    """How a language is drawn: `RENDERER` of the module that its spec names. Importing it must be cheap.

    `fingerprint` returns everything that decides the pixels: engine, versions, fonts, dpi, viewport. It is
    cheap, and called in the engine's process. `missing_tools` returns what must be installed to render the
    language here, in words a user can act on; empty when ready.

    A language is drawn by a worker of its own, which `create` makes in the worker's process, or by another
    language's: then `hand_over` wraps the code for that one. It runs in the engine's process, so it must be
    cheap and do no more than that. One of the two is set.

    The rest is optional. `prepare` runs in the worker before it is confined; it may write to the cache
    folder that it is given, which later is read-only. `render_page` draws one document that another
    language's renderer made; only a language that has it can be handed over to. `affinity` names what a
    worker keeps of a sample, from what most share to what few do, so that the sample goes to a worker that
    has it (see `affinity.choose`); it runs in the engine's process too: cheap, and linear in code that
    nobody has looked at. `interpreter` returns the Python that runs the worker, where it is not the engine's.
    `render_recorded` draws a program and records what it drew, for requests that ask so. `bring` gives the
    drawer the data files that the next program may read, none for most; a language without it reads none.
    """

    fingerprint: Callable[[], Mapping[str, str]]
    missing_tools: Callable[[], list[str]]
    create: Callable[[], Drawer] | None = None
    hand_over: Callable[[str], HandOver] | None = None
    prepare: Callable[[Drawer, Path], None] | None = None
    render_page: Callable[[Drawer, str, PageView], Picture | Refusal] | None = None
    affinity: Callable[[str], tuple[str, ...]] | None = None
    interpreter: Callable[[], Path] | None = None
    render_recorded: Callable[[Drawer, str, Recording], Picture | Refusal | HandOver] | None = None
    bring: Callable[[Drawer, Sequence[DataFile]], None] | None = None
