"""Mermaid: drawn by mermaid itself, in a warm page of the html renderer's browser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from vincicoder.render.languages.browser.library_page import library_fingerprint, missing_files
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.protocol import HandOver, LanguageRenderer, PageView, WorkerRenderer


def _hand_over(library: str, code: str) -> HandOver:
    return HandOver("html", code, PageView(library=library))


def _fingerprint(library: str) -> Mapping[str, str]:
    """Version of mermaid and of what calls it; the browser is the html renderer's."""
    return library_fingerprint(library)


def _missing_tools(library: str) -> list[str]:
    return [*html.missing_tools(), *missing_files(library)]


def renderer_of(library: str) -> LanguageRenderer[WorkerRenderer]:
    """Return the renderer that draws with one of `LIBRARIES`."""
    return LanguageRenderer(
        fingerprint=partial(_fingerprint, library),
        missing_tools=partial(_missing_tools, library),
        hand_over=partial(_hand_over, library),
    )


RENDERER = renderer_of("mermaid")
