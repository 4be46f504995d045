"""A page that is kept warm for a language: what is asked of every language that is drawn in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vincicoder.render.protocol import PageView, Picture, Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vincicoder.render.languages.html.renderer import HtmlRenderer


def draw(renderer: HtmlRenderer, library: str, code: str) -> NDArray[np.uint8]:
    """Return the pixels of a sample that must be drawn."""
    outcome = renderer.render_page(code, PageView(library=library))
    assert isinstance(outcome, Picture), outcome
    return outcome.pixels


def refuse(renderer: HtmlRenderer, library: str, code: str) -> tuple[str, str]:
    """Return reason and detail of a sample that must not be drawn."""
    outcome = renderer.render_page(code, PageView(library=library))
    assert isinstance(outcome, Refusal)
    return outcome.reason.value, outcome.detail


def page_after(renderer: HtmlRenderer, library: str) -> str:
    """Return what a library's page holds between two samples: its elements and global names, in words."""
    page = renderer._library_pages[library]
    names = "Object.keys(globalThis).filter(n => n !== 'vincicoder').sort().join()"
    return str(page._run(f"document.documentElement.outerHTML + ' ' + {names}"))
