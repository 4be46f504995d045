"""HTML: full-page screenshots by a headless Chromium that is kept warm, without network or files."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from vincicoder.program_output import output_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.fonts import FONT_CONFIGURATION
from vincicoder.render.languages.browser.budget import BrowserStalledError, Budget, BudgetExceededError
from vincicoder.render.languages.browser.cdp import BrowserGoneError, ProtocolError
from vincicoder.render.languages.browser.chromium import EXECUTABLE_VARIABLE, Browser, find_chromium
from vincicoder.render.languages.browser.libraries import library_versions
from vincicoder.render.languages.browser.library_page import LibraryPage
from vincicoder.render.languages.browser.page import (
    PATIENCE_MS,
    SCROLL_PAUSE_MS,
    VIEWPORT_HEIGHT,
    VIEWPORT_WIDTH,
    VIRTUAL_TIME_MS,
    BrowserPage,
    NotDrawnError,
    PageCrashedError,
    scripts,
)
from vincicoder.render.languages.browser.page_scripts import LIBRARIES
from vincicoder.render.notes import missing_glyphs, script_errors
from vincicoder.render.processes import usage
from vincicoder.render.protocol import LanguageRenderer, PageView, Picture, Refusal
from vincicoder.sample import DataFile, InfrastructureError, Reason, code_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGES_PER_BROWSER = 500
"""A browser is replaced after this many pages, so that what it hoards stays bounded."""

HOARDED_MB = 512
"""So is one of which a process holds this between two pages: each leaves some 2 MB in the one that draws."""

_EARLY_SHARE = 0.25

LOOK_EVERY = 16
"""Pages between two looks at what is hoarded."""


class HtmlRenderer:
    """One browser and one page of it, replaced together whenever a sample harms them."""

    def __init__(self) -> None:
        self._limits = RenderLimits()
        self._workspace = Path()
        self._browser: Browser | None = None
        self._page: BrowserPage | None = None
        self._library_pages: dict[str, LibraryPage] = {}
        self._drawn = 0
        self._data: Sequence[DataFile] = ()

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Launch the browser. Raises InfrastructureError when there is none or it does not start."""
        self._limits = limits
        self._workspace = workspace
        self._launch()

    def bring(self, files: Sequence[DataFile]) -> None:
        """Let the next text for a library load these files."""
        self._data = files

    def render(self, code: str) -> Picture | Refusal:
        """Draw one HTML document, with its own scripts run and everything outside it unreachable."""
        if not code.strip():
            return Refusal(Reason.RENDER_NO_OUTPUT, "the document is empty")
        return self.render_page(code, PageView())

    def render_page(self, code: str, view: PageView) -> Picture | Refusal:
        """Draw a document in the same way, and show one element of it, if `view` names one."""
        if self._browser is None or self._is_worn(self._browser):
            self._launch()
        try:
            try:
                return self._draw(code, view)
            except BudgetExceededError as error:
                # What earlier pages have left behind is not this one's: a new browser tells. A page that has
                # worked for long took the memory itself, and would not come as far within its CPU time.
                early = error.reason == Reason.RENDER_OUT_OF_MEMORY and error.cpu_share < _EARLY_SHARE
                if not early or self._drawn == 0:
                    raise
                self._launch()
                return self._draw(code, view)
            except PageCrashedError:  # by the page, or by who kills processes: once more tells
                self._launch()
                return self._draw(code, view)
            except BrowserStalledError:  # by the page, or by a browser in trouble: two new ones tell
                return self._draw_in_new_browsers(code, view)
        except NotDrawnError as error:
            self._clear(view)
            return Refusal(error.reason, str(error), error.notes)
        except BudgetExceededError as error:
            if error.reason != Reason.RENDER_TOO_LARGE:
                self._stop()
                return Refusal(error.reason, error.detail)
            self._clear(view)
            return Refusal(error.reason, error.detail)
        except PageCrashedError as error:
            self._stop()
            return Refusal(Reason.RENDER_CRASHED, str(error))
        except (BrowserGoneError, ProtocolError) as error:
            self._stop()
            raise InfrastructureError(f"the browser failed: {error}") from error

    def _draw_in_new_browsers(self, code: str, view: PageView) -> Picture:
        self._launch()
        with contextlib.suppress(BrowserStalledError):
            return self._draw(code, view, wall_share=0.6)
        self._launch()
        return self._draw(code, view, wall_share=0.6, patient=True)

    def close(self) -> None:
        """Stop the browser."""
        self._stop()

    def _draw(self, code: str, view: PageView, wall_share: float = 0.9, patient: bool = False) -> Picture:
        assert self._browser is not None
        budget = Budget(self._browser.process_id, self._limits, wall_share, patient)
        self._browser.pipe.watch = budget.check
        page = self._page_for(view)
        if isinstance(page, LibraryPage):
            page.bring(self._data)
        png = page.draw(code, self._limits, view)
        notes = page.made_of
        if not view.library:  # a library's letters are those of its text: the worker looks at them
            lacking = page.missing_letters
            notes += (*script_errors(page.errors), *([missing_glyphs(lacking)] if lacking else []))
        if not view.library:
            page.clear()
        self._drawn += 1
        with Image.open(io.BytesIO(png)) as image:
            return Picture(np.asarray(image.convert("RGB")), notes)

    def _is_worn(self, browser: Browser) -> bool:
        if self._drawn >= PAGES_PER_BROWSER:
            return True
        look = self._drawn % LOOK_EVERY == LOOK_EVERY - 1
        return look and usage(browser.process_id).largest_bytes > HOARDED_MB << 20

    def _page_for(self, view: PageView) -> BrowserPage:
        """Return the page that draws such documents; a library's is opened when it is first asked for."""
        assert self._browser is not None and self._page is not None
        if not view.library:
            return self._page
        if view.library not in self._library_pages:
            self._library_pages[view.library] = LibraryPage(self._browser.pipe, view.library)
        return self._library_pages[view.library]

    def _clear(self, view: PageView) -> None:
        try:
            self._page_for(view).clear()
        except (BrowserStalledError, BudgetExceededError, PageCrashedError, BrowserGoneError, ProtocolError):
            self._stop()

    def _launch(self) -> None:
        self._stop()
        executable = find_chromium()
        if executable is None:
            raise InfrastructureError("; ".join(missing_tools()))
        profile = self._workspace / "browser"
        profile.mkdir(parents=True, exist_ok=True)
        self._browser = Browser(executable, profile)
        self._browser.pipe.watch = Budget(self._browser.process_id, self._limits, patient=True).check
        try:
            self._page = BrowserPage(self._browser.pipe)
        except (BudgetExceededError, PageCrashedError, BrowserGoneError, ProtocolError) as error:
            self._stop()
            raise InfrastructureError(f"{executable} did not start: {error}") from error

    def _stop(self) -> None:
        if self._browser is not None:
            self._browser.kill()
        self._browser = self._page = None
        self._library_pages.clear()
        self._drawn = 0
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._workspace / "browser")


def create() -> HtmlRenderer:
    """Make the worker-side renderer."""
    return HtmlRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Browser version, viewport, scripts and installed fonts."""
    executable = find_chromium()
    return library_versions(*LIBRARIES) | {
        "engine": _output([str(executable), "--version"]) if executable else "none",
        "viewport": f"{VIEWPORT_WIDTH}x{VIEWPORT_HEIGHT}",
        "virtual_time_ms": f"{VIRTUAL_TIME_MS} {PATIENCE_MS} {SCROLL_PAUSE_MS}",
        "scripts": code_sha256("".join(scripts()))[:16],
        "fonts": code_sha256("\n".join(sorted(_output(["fc-list", ":", "file"]).splitlines())))[:16],
    }


def missing_tools() -> list[str]:
    """Say how to install a browser when none is found."""
    if find_chromium() is not None:
        return []
    return [
        "no Chromium found: install Debian's chromium-headless-shell, or run 'playwright install "
        f"--only-shell chromium', or set {EXECUTABLE_VARIABLE} to the path of an executable one"
    ]


def _output(command: list[str]) -> str:
    output = output_of(command, {**os.environ, "FONTCONFIG_FILE": str(FONT_CONFIGURATION)})
    return "unknown" if output is None else output.printed.strip()


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
    render_page=HtmlRenderer.render_page,
    bring=HtmlRenderer.bring,
)
