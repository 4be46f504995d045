"""Pages through one browser: sizes, the fixed clock, and that no page sees another."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.render.drawing import started
from vincicoder.render import RenderLimits
from vincicoder.render.languages.html import renderer as html_module
from vincicoder.render.languages.html.renderer import HtmlRenderer, missing_tools
from vincicoder.render.processes import process_tree
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.sample import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason="; ".join(missing_tools()))


@pytest.fixture(scope="module")
def renderer(workspace: Path) -> Iterator[HtmlRenderer]:
    with started(HtmlRenderer(), workspace, RenderLimits(cpu_seconds=10)) as drawer:
        yield drawer


def pixels(renderer: HtmlRenderer, code: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    outcome = renderer.render(code)
    assert isinstance(outcome, Picture), outcome
    return outcome.pixels


def is_painted(renderer: HtmlRenderer, condition: str) -> bool:
    """Return whether a script's condition held: the page is then painted black."""
    page = f"<body><script>if({condition})document.body.style.background='black'</script>"
    return bool(pixels(renderer, page)[100, 100, 0] == 0)


@pytest.mark.parametrize(
    ("body", "width", "height"),
    [
        ("<p>short", 1280, 720),
        ("<body style='margin:0'><div style='height:3000px'>", 1280, 3000),
        ("<body style='margin:0'><div style='width:2000px;height:10px'>", 2000, 720),
        ("<body style='margin:0'><div style='height:16384px'>", 1280, 16384),
        ("<!doctype html><body style='margin:0'><div style='height:100vh'>", 1280, 720),
    ],
)
def test_the_whole_page_is_drawn(renderer: HtmlRenderer, body: str, width: int, height: int) -> None:
    assert pixels(renderer, body).shape == (height, width, 3)


def test_what_is_below_the_first_screen_is_drawn(renderer: HtmlRenderer) -> None:
    below = "<div style='height:50px;background:red'>"
    drawn = pixels(renderer, f"<body style='margin:0'><div style='height:2000px'></div>{below}")
    assert drawn[2025, 640].tolist() == [255, 0, 0]
    assert drawn[1900, 640].tolist() == [255, 255, 255]


def test_a_page_too_tall_is_refused(renderer: HtmlRenderer) -> None:
    outcome = renderer.render("<div style='height:16500px'>")
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.RENDER_TOO_LARGE


@pytest.mark.parametrize(
    "page",
    [
        "<script>document.write(Date.now(), performance.now(), new Date(), Math.random(), "
        "crypto.getRandomValues(new Uint8Array(4)))</script>",
        "<p id=p></p><script>let n=0;setInterval(()=>{p.textContent=++n+' '+Date.now()},7)</script>",
        "<p id=p></p><script>let n=0;"
        "(function f(t){p.textContent=++n+' '+t;requestAnimationFrame(f)})(0)</script>",
        "<style>@keyframes k{to{margin-left:900px}}p{animation:k 3s infinite alternate}</style><p>moving",
    ],
)  # fmt: skip
def test_time_and_chance_are_fixed(renderer: HtmlRenderer, page: str) -> None:
    first = pixels(renderer, page)
    pixels(renderer, "<p>another<script>setInterval(()=>Math.random(),5)</script>")
    assert np.array_equal(pixels(renderer, page), first)


def test_scripts_run_for_a_second_of_the_pages_clock(renderer: HtmlRenderer) -> None:
    page = "<body><script>setTimeout(()=>{document.body.style.background='black'},%d)</script>"
    assert pixels(renderer, page % 800)[100, 100, 0] == 0
    assert pixels(renderer, page % 60_000)[100, 100, 0] == 255


@pytest.mark.parametrize(
    ("leave", "found"),
    [
        ("window.name='left'", "window.name"),
        ("window.left=1", "window.left"),
        ("Array.prototype.left=1", "[].left"),
        ("localStorage.left=1", "localStorage.left||localStorage.length"),
        ("sessionStorage.setItem('left',1)", "sessionStorage.getItem('left')"),
        ("document.cookie='left=1'", "document.cookie"),
        ("history.pushState({},'')", "history.length>1||history.state"),
        ("new BroadcastChannel('c').onmessage=e=>e.source;"
         "setInterval(()=>new BroadcastChannel('c').postMessage(1),50)", "false"),
        ("window.onbeforeunload=()=>'stay'", "window.onbeforeunload"),
        ("document.body.style.background='black'", "document.body.style.background"),
    ],
)  # fmt: skip
def test_no_page_finds_what_another_left(renderer: HtmlRenderer, leave: str, found: str) -> None:
    assert isinstance(renderer.render(f"<body><script>{leave}</script>"), Picture)
    assert not is_painted(renderer, found)


def test_scripts_can_use_storage(renderer: HtmlRenderer) -> None:
    assert is_painted(renderer, "localStorage.setItem('a','1'),localStorage.a==='1'&&localStorage.length===1")


def test_no_window_opens(renderer: HtmlRenderer) -> None:
    assert is_painted(renderer, "window.open('about:blank')===null")


def test_the_browser_is_replaced_after_a_page_that_loops(renderer: HtmlRenderer) -> None:
    before = renderer._browser
    assert before is not None
    tree = process_tree(before.process_id)
    outcome = renderer.render("<script>for(;;);</script>")
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.RENDER_TIMEOUT
    assert is_painted(renderer, "true")
    assert renderer._browser is not before
    assert renderer._browser is not None
    assert not set(tree) & set(process_tree(renderer._browser.process_id))


def test_a_browser_that_stands_still_is_replaced_and_the_page_drawn(tmp_path: Path) -> None:
    renderer = HtmlRenderer()
    renderer.start(RenderLimits(wall_seconds=10), tmp_path)
    assert renderer._browser is not None
    for process in process_tree(renderer._browser.process_id):
        os.kill(process, signal.SIGSTOP)
    assert isinstance(renderer.render("<p>page"), Picture)
    renderer.close()


_LARGE = (
    "<p>large<script>window.kept = new Uint8Array(300 << 20).fill(1); for (let n = 0; n < 3e8; n++);</script>"
)


def test_what_earlier_pages_left_in_memory_is_not_held_against_a_page(tmp_path: Path) -> None:
    renderer = HtmlRenderer()
    renderer.start(RenderLimits(memory_mb=560), tmp_path)
    browsers = set()
    for _ in range(4):
        assert isinstance(renderer.render(_LARGE), Picture)
        assert renderer._browser is not None
        browsers.add(renderer._browser.process_id)
    assert len(browsers) > 1  # the garbage of two such pages is too much for one
    outcome = renderer.render(_LARGE.replace("300", "600"))
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.RENDER_OUT_OF_MEMORY
    renderer.close()


def test_a_browser_that_hoards_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_module, "HOARDED_MB", 1)
    renderer = HtmlRenderer()
    renderer.start(RenderLimits(), tmp_path)
    browsers = []
    for _ in range(html_module.LOOK_EVERY + 1):
        pixels(renderer, "<p>page")
        assert renderer._browser is not None
        browsers.append(renderer._browser.process_id)
    assert len(set(browsers[:-2])) == 1
    assert browsers[-1] != browsers[0]
    renderer.close()


def test_closing_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    renderer = HtmlRenderer()
    renderer.start(RenderLimits(), tmp_path)
    assert renderer._browser is not None
    tree = process_tree(renderer._browser.process_id)
    assert isinstance(renderer.render("<p>page"), Picture)
    renderer.close()
    assert list(tmp_path.iterdir()) == []
    assert [pid for pid in tree if process_tree(pid) != [pid]] == []
