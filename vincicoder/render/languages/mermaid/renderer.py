"""Mermaid: drawn by mermaid itself, in a warm page of the html renderer's browser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from vincicoder.render.languages.browser.libraries import library_versions, missing_libraries
from vincicoder.render.languages.browser.library_page import driver_fingerprint
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.protocol import HandOver, LanguageRenderer, PageView, WorkerRenderer


def hand_over(code: str) -> HandOver:
    """Return what a worker of the html renderer is to draw."""
    return HandOver("html", code, PageView(library="mermaid"))


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Version of mermaid and of what calls it; the browser is the html renderer's."""
    return {**library_versions("mermaid"), "driver": driver_fingerprint("mermaid")}


def missing_tools() -> list[str]:
    """Say what to install."""
    return [*html.missing_tools(), *missing_libraries("mermaid")]


RENDERER: LanguageRenderer[WorkerRenderer] = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    hand_over=hand_over,
)
