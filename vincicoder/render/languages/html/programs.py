"""The renderer of a language whose programs run, with their library, in a page of the html renderer."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from vincicoder.render.languages.browser.libraries import missing_libraries
from vincicoder.render.languages.browser.program_page import program_fingerprint, program_page
from vincicoder.render.languages.further_tools import SETUP_COMMAND
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.protocol import LanguageRenderer, WorkerRenderer


def program_renderer(library: str, driver: Path, stage: str) -> LanguageRenderer[WorkerRenderer]:
    """Return a renderer of programs. The arguments are those of `program_page`."""
    return LanguageRenderer(
        fingerprint=partial(program_fingerprint, library, driver, stage),
        missing_tools=partial(_missing_tools, library),
        hand_over=partial(program_page, library=library, driver=driver, stage=stage),
    )


def _missing_tools(library: str) -> list[str]:
    return [*html.missing_tools(), *missing_libraries(library, fetched_by=SETUP_COMMAND)]
