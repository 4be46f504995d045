"""Vega-Lite: compiled and drawn by Vega's own libraries, in a warm page of the html renderer's browser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from vincicoder.render.languages.browser.library_page import data_script, library_fingerprint, missing_files
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.languages.vega_lite.text import stack_of
from vincicoder.render.protocol import HandOver, LanguageRenderer, PageView, WorkerRenderer
from vincicoder.sample import code_sha256

_LIBRARIES = {"5": "vega-lite-5", "6": "vega-lite"}


def hand_over(code: str) -> HandOver:
    """Return what a worker of the html renderer is to draw, with the libraries that the code names."""
    return _hand_over(stack_of(code) or "6", code)


def _hand_over(stack: str, code: str) -> HandOver:
    return HandOver("html", code, PageView(library=_LIBRARIES[stack]))


def fingerprint() -> Mapping[str, str]:
    """Versions of Vega and Vega-Lite and of what calls them; the browser is the html renderer's."""
    return {
        f"{name} for {stack}": version
        for stack in _LIBRARIES
        for name, version in _fingerprint_on(stack).items()
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    return [*html.missing_tools(), *missing_files(*_LIBRARIES.values())]


def _fingerprint_on(stack: str) -> Mapping[str, str]:
    return {**library_fingerprint(_LIBRARIES[stack]), "data": code_sha256(data_script())[:16]}


def _missing_on(stack: str) -> list[str]:
    return [*html.missing_tools(), *missing_files(_LIBRARIES[stack])]


RENDERER: LanguageRenderer[WorkerRenderer] = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    hand_over=hand_over,
)


def renderer_on(stack: str) -> LanguageRenderer[WorkerRenderer]:
    """Return the renderer that draws with the libraries of one version, whatever the code names."""
    return LanguageRenderer(
        fingerprint=partial(_fingerprint_on, stack),
        missing_tools=partial(_missing_on, stack),
        hand_over=partial(_hand_over, stack),
    )
