"""The browser that is used is the one that was asked for."""

from __future__ import annotations

import pytest

from vincicoder.render import RenderEngine, RenderRequest, RenderStatus

PAGE = "<!DOCTYPE html><html><body><h1>Hello</h1></body></html>"


def test_a_broken_browser_is_our_fault_and_never_replaced_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_CHROMIUM", "/bin/false")
    with RenderEngine(workers=1) as engine:
        result = next(iter(engine.render([RenderRequest("page", "html", PAGE)])))
    assert (result.status, result.reason) == (RenderStatus.FAILED, None)


def test_the_named_browser_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VINCICODER_CHROMIUM", raising=False)
    with RenderEngine(workers=1) as engine:
        result = next(iter(engine.render([RenderRequest("page", "html", PAGE)])))
    assert (result.status, result.width, result.height) == (RenderStatus.RENDERED, 1280, 720)
