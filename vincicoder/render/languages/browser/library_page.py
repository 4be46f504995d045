"""A page with a drawing library loaded and kept warm: the samples are texts for the library, not pages.

To load mermaid again for each sample costs 0.17 s of CPU on top of 0.12 s for a diagram. The samples are
no scripts: the libraries parse them, and are set so that no script in them runs. What they could leave all
the same is wiped after each (`library.js`), and the page is made again after every sample that failed
and after `SAMPLES_PER_PAGE`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from vincicoder.render.languages.browser.libraries import find_library, library_versions, missing_libraries
from vincicoder.render.languages.browser.page import BrowserPage, NotDrawnError
from vincicoder.render.languages.mermaid.text import chart_type
from vincicoder.render.notes import UNKNOWN_NAME
from vincicoder.sample import InfrastructureError, Reason, code_sha256

if TYPE_CHECKING:
    from vincicoder.render.api import RenderLimits
    from vincicoder.render.languages.browser.cdp import CdpPipe
    from vincicoder.render.protocol import PageView
    from vincicoder.sample import DataFile


@dataclass(frozen=True, slots=True)
class Library:
    """What draws a language: `files` are loaded in order, then our own script `library_<driver>.js`.

    `kind` returns in one word what a text asks for: where there are other versions of the library, which may
    know a kind that this one does not.
    """

    driver: str
    files: tuple[str, ...]
    kind: Callable[[str], str] | None = None


LIBRARIES = {
    "mermaid": Library("mermaid", ("mermaid@12",), chart_type),
    "mermaid-11": Library("mermaid", ("mermaid@11",), chart_type),
    "mermaid-10": Library("mermaid", ("mermaid@10",), chart_type),
    "vega-lite": Library("vega_lite", ("vega@6", "vega-lite@6")),
    "vega-lite-5": Library("vega_lite", ("vega@5", "vega-lite@5")),
}
"""By the name that a view asks for (`PageView.library`)."""

SAMPLES_PER_PAGE = 100
_REASONS = frozenset(
    {
        Reason.RENDER_ERROR,
        Reason.RENDER_NO_OUTPUT,
        Reason.RENDER_MISSING_DEPENDENCY,
        Reason.RENDER_FORBIDDEN,
    }
)


@cache
def _scripts(driver: str) -> tuple[str, str]:
    folder = Path(__file__).parent
    own = folder / f"library_{driver}.js"
    return (folder / "library.js").read_text(), own.read_text()


@cache
def data_script() -> str:
    """Return the script by which a library loads the data files of a text."""
    return (Path(__file__).parent / "library_data.js").read_text()


def library_fingerprint(name: str) -> dict[str, str]:
    """Return the versions of a library's files, and 16 hex digits over the project's own scripts for it."""
    library = LIBRARIES[name]
    driver = code_sha256("".join(_scripts(library.driver)))[:16]
    return {**library_versions(*library.files), "driver": driver}


def missing_files(*names: str) -> list[str]:
    """Say how to get what is not here of these libraries."""
    return missing_libraries(*(file for name in names for file in LIBRARIES[name].files))


class LibraryPage(BrowserPage):
    """A tab that draws texts of one language. Raises as `BrowserPage` does."""

    def __init__(self, pipe: CdpPipe, name: str) -> None:
        self._library = LIBRARIES[name]
        self._left = 0
        self._data: Sequence[DataFile] = ()
        super().__init__(pipe)

    def clear(self) -> None:
        """Have the next sample start in a new document."""
        self._left = 0

    def bring(self, files: Sequence[DataFile]) -> None:
        """Let the next text load these files, by their names."""
        self._data = files

    def draw(self, text: str, limits: RenderLimits, view: PageView) -> bytes:
        """Let the library draw the text; return a PNG of the drawing with a small margin."""
        if self._left < 1:
            self._load()
        self._left -= 1
        # Timers run as fast as they can while a text is drawn; the scripts' clock stands still
        # (library.js). A clock left running would keep a core busy with nothing.
        self._call("Emulation.setVirtualTimePolicy", {"policy": "advance"})
        try:
            return self._draw_once(text, limits, view)
        finally:
            self._pipe.send("Emulation.setVirtualTimePolicy", {"policy": "pause"}, self._session)

    def _draw_once(self, text: str, limits: RenderLimits, view: PageView) -> bytes:
        if self._data:
            files = {file.name: file.content.decode("utf-8", "replace") for file in self._data}
            self._run(data_script() + f"\nvincicoder.bring({json.dumps(files)});0")
            self._left = 0  # the next text finds a page without them
        answer = self._run(f"vincicoder.draw({json.dumps(text)})")
        if not isinstance(answer, dict):
            raise NotDrawnError("the library gave no answer")
        if "box" not in answer:
            told = str(answer.get("reason"))
            reason = Reason(told) if told in _REASONS else Reason.RENDER_ERROR
            raise NotDrawnError(str(answer.get("detail"))[:1500], reason, self._asks_for(text, reason))
        left, top, width, height = (float(number) for number in answer["box"])
        if not (width > 0 and height > 0):
            raise NotDrawnError("the drawing is empty", Reason.RENDER_NO_OUTPUT)
        self.made_of = self._look_at_marks(styles=True)
        png = self._capture(limits, (left, top, width, height), view.scale)
        self._run("vincicoder.wipe()")
        return png

    def _asks_for(self, text: str, reason: Reason) -> tuple[str, ...]:
        """Return the note of a text that another version of the library may be able to draw."""
        if self._library.kind is None or reason is not Reason.RENDER_ERROR:
            return ()
        return (f"{UNKNOWN_NAME}{self._library.driver} {self._library.kind(text)[:40]}",)

    def _load(self) -> None:
        super().clear()
        shared, own = _scripts(self._library.driver)
        self._run(shared)
        for name in self._library.files:
            path = find_library(name)
            if path is None:
                raise InfrastructureError(f"the library {name!r} has gone since the engine looked for it")
            self._run(f"{path.read_text(encoding='utf-8')}\n;0")
        self._run(own)
        self._left = SAMPLES_PER_PAGE

    def _run(self, expression: str) -> object:
        """Run a script in the page itself and wait for what it promises."""
        answer = self._call(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"].get("exception", {})
            raise NotDrawnError(
                str(thrown.get("description") or answer["exceptionDetails"].get("text"))[:1500]
            )
        value: object = answer["result"].get("value")
        return value
