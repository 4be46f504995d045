"""One small release that others wrote in bad faith, and a real browser to look at it with."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.corpora import write_corpus
from tests.releases import build
from vincicoder.render.languages.browser.chromium import find_chromium

SCRIPT = "<script>window.ran = 1</script>"
HANDLER = '"><img src=x onerror="window.ran=1">'


def _shapes(color: str, size: int, more: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">{more}'
        f'<rect x="10" y="10" width="{size}" height="{250 - size}" fill="{color}"/>'
        f'<circle cx="180" cy="{60 + size // 2}" r="{20 + size // 8}" fill="navy"/></svg>'
    )


def _own_picture() -> str:
    """A picture that no row here draws."""
    image = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(image).polygon([(20, 240), (128, 10), (240, 240)], fill="firebrick")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def hostile_rows() -> list[dict[str, Any]]:
    """Rows whose code, names and reasons hold scripts, and some that are only shapes."""
    rows: list[dict[str, Any]] = [
        {"id": f"{HANDLER}{number}", "language": "svg", "code": _shapes(color, 30 + 25 * number)}
        for number, color in enumerate(("red", "green", "orange", "purple", "teal"))
    ]
    title = "<title>&lt;/pre&gt;&lt;script&gt;window.ran = 1&lt;/script&gt;{{ 7 * 7 }}</title>"
    rows += [
        {"id": "titled", "language": "svg", "code": _shapes("black", 200, title)},
        {"id": "again", "language": "svg", "code": _shapes("red", 30, "<desc>the same picture</desc>")},
        {"id": "broken", "language": "svg", "code": f"<svg></pre>{SCRIPT}<g></svg> and more"},
        {"id": "unknown", "language": f"x{SCRIPT}", "code": f"{SCRIPT} print(1)"},
        {"id": "white", "language": "svg", "code": _shapes("white", 90).replace("navy", "white")},
    ]
    mismatch = {"id": "other", "language": "svg", "code": _shapes("gold", 160), "image": _own_picture()}
    return [{"domain": "svg", **row} for row in [*rows, mismatch]] + [
        {
            "id": f"graph-{number}",
            "domain": "diagram",
            "language": "graphviz",
            "code": f"digraph {{ node [shape={shape} color=red] a -> b -> c -> {shape} }}",
        }
        for number, shape in enumerate(("box", "diamond", "oval"))
    ]


@dataclass(frozen=True)
class Looked:
    """A home with two releases: `release` is the current one, `earlier` was made of fewer rows."""

    home: Path
    earlier: Path
    release: Path

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(f"{self.release}/catalog.duckdb", read_only=True) as catalog:
            return catalog.execute(query).fetchall()


@pytest.fixture(scope="session")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Looked:
    folder = tmp_path_factory.mktemp("looked")
    earlier = build(folder / "home", write_corpus(folder / "a", "own", hostile_rows()[:-2]), "default")
    release = build(folder / "home", write_corpus(folder / "b", "own", hostile_rows()), "default")
    return Looked(folder / "home", earlier, release)


@pytest.fixture(scope="module")  # not longer: its event loop would run in all later tests of this process
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()))
        yield browser
        browser.close()


@dataclass
class Seen:
    """A page, and what went wrong on it: messages of the console, errors, dialogs, and requests that left."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def failed(self, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # the page was left while its pictures came
            self.problems.append(f"{url[:80]} {why}")

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def clean(self) -> bool:
        """Whether nothing went wrong, and nothing of a sample ran or was loaded."""
        assert self.problems == []
        return bool(
            self.page.evaluate("window.ran === undefined && !document.querySelector('img[src=\"x\"]')")
        )


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Seen]:
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(180_000)  # milliseconds: scoring loads a model, beside other work
    found = Seen(context.new_page())
    found.page.on("console", lambda message: found.problems.append(message.text))
    found.page.on("pageerror", lambda error: found.problems.append(str(error)))
    found.page.on("dialog", lambda dialog: found.problems.append(dialog.message))
    found.page.on("requestfailed", lambda request: found.failed(request.url, request.failure))
    yield found
    context.close()
