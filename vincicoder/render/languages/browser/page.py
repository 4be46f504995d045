"""One page of one browser, on which samples are drawn one after the other with nothing shared.

Between two samples the page is navigated to a new blank document: its opaque origin has no cookies,
storage, caches or service workers, and timers, workers and script objects end with the document.
"""

from __future__ import annotations

import base64
import contextlib
import json
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vincicoder.render.font_coverage import may_be_rare, uncovered
from vincicoder.render.languages.browser.budget import BudgetExceededError
from vincicoder.render.languages.browser.cdp import ProtocolError
from vincicoder.render.languages.browser.marks import notes_of_marks
from vincicoder.render.languages.browser.page_scripts import PageScript, page_script, without_integrity
from vincicoder.sample import Reason

if TYPE_CHECKING:
    from vincicoder.render.api import RenderLimits
    from vincicoder.render.languages.browser.cdp import CdpMessage, CdpPipe
    from vincicoder.render.protocol import PageView

VIEWPORT_WIDTH = 1280
VIEWPORT_HEIGHT = 720
"""CSS pixels at a device scale factor of 1; the picture is never smaller, and longer for a long page."""

VIRTUAL_TIME_MS = 1000
"""How long, on the page's own clock, its timers and frames run after loading."""

PATIENCE_MS = 3000
"""How much longer where a timer waits by then: loaders end, late parts come, most pop-ups do not yet."""

SCROLL_PAUSE_MS = 100
"""How long, on the page's own clock, a reader stops at each half screen."""


_FROM_RIGHT = """[document.documentElement, document.body].some((part) => {
  const style = part && getComputedStyle(part);
  return style && (style.direction === "rtl" || style.writingMode.endsWith("-rl"));
})"""
_FIND_ELEMENT = """(() => {
  const box = document.querySelector(%s)?.getBoundingClientRect();
  return box && box.width && box.height ? [box.x + scrollX, box.y + scrollY, box.width, box.height] : null;
})()"""

MAX_EXTRA_SPANS = 3
"""How many more such spans a page gets that has not finished loading; then it is drawn as it is."""


class PageCrashedError(Exception):
    """The process that drew the page died."""


class NotDrawnError(Exception):
    """The page has nothing that its picture could show; says why, in the page's own words."""

    def __init__(
        self, detail: str, reason: Reason = Reason.RENDER_ERROR, notes: tuple[str, ...] = ()
    ) -> None:
        super().__init__(detail)
        self.reason, self.notes = reason, notes


# What styles can hold of a picture; a script can write styles.
_STYLED = re.compile(
    r"data:|gradient|shadow|clip-path|mask|content|font-size|<script|\bon\w+\s*=", re.IGNORECASE
)


@lru_cache(maxsize=1)
def _marks_script() -> str:
    return (Path(__file__).parent / "marks.js").read_text()


_SCRIPTS = ("page", "settle", "scroll", "letters")


@lru_cache(maxsize=1)
def scripts() -> tuple[str, str, str, str]:
    """Return the scripts that run before each page, settle it, scroll it and say which letters it shows."""
    page, settle, scroll, letters = ((Path(__file__).parent / f"{name}.js").read_text() for name in _SCRIPTS)
    return page, settle, scroll, letters


class BrowserPage:
    """A tab with a fixed viewport. Its methods raise BudgetExceededError, PageCrashedError,
    BrowserGoneError or ProtocolError; after any of these the browser is to be replaced. `draw` raises
    NotDrawnError too, after which `clear` will do."""

    def __init__(self, pipe: CdpPipe) -> None:
        self._pipe = pipe
        # On the page drawn last: notes, names of errors not caught, code points of letters without a font.
        self.made_of: tuple[str, ...] = ()
        self.errors: tuple[str, ...] = ()
        self.missing_letters: list[int] = []
        # Of the page being drawn: whether it loaded a library, and the first of those that are not here.
        self._has_library = False
        self._lacking: PageScript | None = None
        target = pipe.call(
            "Target.createTarget", {"url": "about:blank", "width": VIEWPORT_WIDTH, "height": VIEWPORT_HEIGHT}
        )
        self._target: str = target["targetId"]
        attached = pipe.call("Target.attachToTarget", {"targetId": self._target, "flatten": True})
        self._session: str = attached["sessionId"]
        pipe.listeners.append(self._on_event)
        for domain in ("Page", "Inspector"):
            self._call(f"{domain}.enable")
        viewport = {
            "width": VIEWPORT_WIDTH,
            "height": VIEWPORT_HEIGHT,
            "deviceScaleFactor": 1,
            "mobile": False,
        }
        self._call("Emulation.setDeviceMetricsOverride", viewport)
        self._call("Page.addScriptToEvaluateOnNewDocument", {"source": scripts()[0]})
        asked = (("*", "Document"), ("http*", "Script"))
        patterns = [{"urlPattern": address, "resourceType": kind} for address, kind in asked]
        self._call("Fetch.enable", {"patterns": patterns})
        pipe.call("Target.setDiscoverTargets", {"discover": True})
        self._call("Emulation.setVirtualTimePolicy", {"policy": "pause"})
        self._world: int | None = None
        self._frame: str = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.clear()

    def clear(self) -> None:
        """Replace the document by a new blank one; scripts, timers, workers and media of the old one end."""
        self._pipe.forget_events()
        self._call("Page.navigate", {"url": "about:blank"})
        self._pipe.wait_event(self._is_stopped)
        self._call("Page.resetNavigationHistory")

    def draw(self, html: str, limits: RenderLimits, view: PageView) -> bytes:
        """Load the page and return a PNG of all of it, or of the element that `view` names."""
        self._pipe.forget_events()
        self._world = None
        self._has_library, self._lacking = False, None
        html = without_integrity(html)
        # Time stands still while the document is parsed, then runs a fixed span as fast as the page allows;
        # what it fetches (which fails at once) and its embedded fonts hold the clock until they are there.
        self._call("Emulation.setVirtualTimePolicy", {"policy": "pause"})
        self._pipe.send("Page.setDocumentContent", {"frameId": self._frame, "html": html}, self._session)
        self._advance_clock()
        for _ in range(MAX_EXTRA_SPANS):
            if self._settle() and (not view.element or self._find(view)):
                break
            self._advance_clock()
        if self._lacking:
            raise NotDrawnError(self._lacking.missing, self._lacking.reason)
        self.made_of, self.errors = (), ()
        if not view.element:
            self._wait_and_read(limits)
            self.made_of = self._look_at_marks(bool(_STYLED.search(html)))
        self.missing_letters = self._look_at_letters() if may_be_rare(html) else []
        return self._capture(limits, self._clip(view), view.scale)

    def _look_at_marks(self, styles: bool) -> tuple[str, ...]:
        """Return the notes on what the picture is made of; `styles`: whether styles may hold any of it."""
        found = self._evaluate(f"{_marks_script()}({json.dumps(styles)})")
        return notes_of_marks(found) if isinstance(found, dict) else ()

    def _wait_and_read(self, limits: RenderLimits) -> None:
        """Let late parts come, and show every part of the page to its scripts, as scrolling does."""
        left = PATIENCE_MS
        while (self._is_busy(left) or self._has_library) and left > 0:  # libraries move by frames
            self._advance_clock()
            left -= VIRTUAL_TIME_MS
        scroll = scripts()[2].replace("LIMIT", str(limits.max_height))
        steps = most = 2 * math.ceil(limits.max_height / VIEWPORT_HEIGHT)
        while steps > 0 and self._evaluate(scroll) is True:
            self._advance_clock(SCROLL_PAUSE_MS)
            steps -= 1
        if steps < most:
            self._advance_clock()
        if steps < most or left < PATIENCE_MS:
            self._settle()
            self._advance_clock(SCROLL_PAUSE_MS)  # what hears of the way back to the top
            self._settle()
            self._is_busy(0)

    def _is_busy(self, within: int) -> bool:
        """Ask whether a timer is due within so many milliseconds; keep the errors not caught by now."""
        state = self._ask(f"state({within})")
        if not isinstance(state, dict):
            return False
        names = state.get("errors")
        self.errors = tuple(map(str, names)) if isinstance(names, list) else ()
        return state.get("busy") is True

    def _look_at_letters(self) -> list[int]:
        """Return the code points of letters that the page shows and no font has."""
        shown = self._evaluate(scripts()[3])
        if not isinstance(shown, dict):
            return []
        return uncovered(str(shown.get("letters")), private=not shown.get("own"))

    def _ask(self, question: str) -> object:
        """Ask what the page's own script keeps for the engine; the page could have changed the answer."""
        answer = self._call(
            "Runtime.evaluate", {"expression": f"__vincicoder.{question}", "returnByValue": True}
        )
        value: object = answer["result"].get("value")
        return value

    def _advance_clock(self, milliseconds: int = VIRTUAL_TIME_MS) -> None:
        self._pipe.forget_events()
        self._call(
            "Emulation.setVirtualTimePolicy",
            {"policy": "pauseIfNetworkFetchesPending", "budget": milliseconds},
        )
        self._pipe.wait_event(lambda event: event["method"] == "Emulation.virtualTimeBudgetExpired")

    def _settle(self) -> bool:
        """Freeze the page; return whether document and fonts are complete."""
        return self._evaluate(scripts()[1]) is True

    def _find(self, view: PageView) -> list[float] | None:
        """Return the place of the view's element in the page: x, y, width, height in CSS pixels."""
        box = self._evaluate(_FIND_ELEMENT % json.dumps(view.element))
        return box if isinstance(box, list) else None

    def _evaluate(self, expression: str) -> object:
        """Run a script that the page's own scripts cannot reach."""
        if self._world is not None:
            with contextlib.suppress(ProtocolError):  # the page has gone on to another document
                return self._run_in(self._world, expression)
        self._world = int(
            self._call("Page.createIsolatedWorld", {"frameId": self._frame})["executionContextId"]
        )
        return self._run_in(self._world, expression)

    def _run_in(self, world: int, expression: str) -> object:
        answer = self._call(
            "Runtime.evaluate",
            {"expression": expression, "contextId": world, "returnByValue": True, "awaitPromise": True},
        )
        value: object = answer["result"].get("value")
        return value

    def _clip(self, view: PageView) -> tuple[float, float, float, float]:
        """Return what to show: x, y, width, height in CSS pixels."""
        if view.element:
            box = self._find(view)
            if box is None:
                title = str(self._evaluate("document.title")) or "the page drew nothing"
                lacking = title.startswith("missing ")
                raise NotDrawnError(
                    title, Reason.RENDER_MISSING_DEPENDENCY if lacking else Reason.RENDER_ERROR
                )
            return box[0], box[1], box[2], box[3]
        content = self._call("Page.getLayoutMetrics")["cssContentSize"]
        width = max(VIEWPORT_WIDTH, math.ceil(content["width"]))
        return 0, 0, width, max(VIEWPORT_HEIGHT, math.ceil(content["height"]))

    def _capture(self, limits: RenderLimits, clip: tuple[float, float, float, float], scale: float) -> bytes:
        """Return a PNG of `clip` (x, y, width, height in CSS pixels) at `scale`."""
        left, top, css_width, css_height = clip
        width, height = math.ceil(css_width * scale), math.ceil(css_height * scale)
        if width > limits.max_width or height > limits.max_height or width * height > limits.max_pixels:
            # A cropped picture would not show all that the code says, and so would teach invention.
            raise BudgetExceededError(
                Reason.RENDER_TOO_LARGE,
                f"the picture is {width}x{height} pixels; at most {limits.max_width}x{limits.max_height} "
                f"and {limits.max_pixels} pixels in all are allowed",
            )
        shot = {
            "format": "png",
            "optimizeForSpeed": True,
            # Without this a picture may never come: its frame waits for a clock that stands still. With it a
            # page from right to left that fits into the viewport would be shifted.
            "captureBeyondViewport": scale != 1
            or clip != (0, 0, VIEWPORT_WIDTH, VIEWPORT_HEIGHT)
            or self._evaluate(_FROM_RIGHT) is not True,
            "clip": {"x": left, "y": top, "width": css_width, "height": css_height, "scale": scale},
        }
        return base64.b64decode(self._call("Page.captureScreenshot", shot)["data"])

    def _is_stopped(self, event: CdpMessage) -> bool:
        return bool(
            event["method"] == "Page.frameStoppedLoading" and event["params"]["frameId"] == self._frame
        )

    def _call(self, method: str, params: CdpMessage | None = None) -> CdpMessage:
        return self._pipe.call(method, params, self._session)

    def _on_event(self, event: CdpMessage) -> None:
        if event.get("sessionId", self._session) != self._session:
            return  # another page of the same browser
        method, params = event["method"], event["params"]
        if method == "Page.javascriptDialogOpening":
            self._pipe.send("Page.handleJavaScriptDialog", {"accept": False}, self._session)
        elif method == "Fetch.requestPaused":
            self._answer_request(params)
        elif method == "Target.targetCreated":
            target = params["targetInfo"]
            if target["type"] == "page" and target["targetId"] != self._target and target.get("openerId"):
                self._pipe.send("Target.closeTarget", {"targetId": target["targetId"]})
        elif method == "Inspector.targetCrashed":
            raise PageCrashedError("the page killed the process that drew it")

    def _answer_request(self, params: CdpMessage) -> None:
        request = params["requestId"]
        if params.get("resourceType") == "Script":
            self._answer_script(request, params["request"]["url"])
        elif params["request"]["url"].partition(":")[0] in ("about", "data", "blob"):
            self._pipe.send("Fetch.continueRequest", {"requestId": request}, self._session)
        else:
            # Aborted leaves the document that wanted to go elsewhere in place.
            self._pipe.send(
                "Fetch.failRequest", {"requestId": request, "errorReason": "Aborted"}, self._session
            )

    def _answer_script(self, request: str, address: str) -> None:
        """Serve the script of a known library; there is no other."""
        script = page_script(address)
        if script is not None and not script.missing:
            self._has_library = True
            headers = {"Content-Type": "text/javascript; charset=utf-8", "Access-Control-Allow-Origin": "*"}
            answer = {
                "requestId": request,
                "responseCode": 200,
                "responseHeaders": [{"name": name, "value": value} for name, value in headers.items()],
                "body": script.body(),
            }
            self._pipe.send("Fetch.fulfillRequest", answer, self._session)
            return
        if script is not None:
            self._lacking = self._lacking or script
        failure = {"requestId": request, "errorReason": "AddressUnreachable"}
        self._pipe.send("Fetch.failRequest", failure, self._session)
