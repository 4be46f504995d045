"""WaveDrom: run in a page of the html renderer, with the library inside."""

from __future__ import annotations

from pathlib import Path

from vincicoder.render.languages.html.programs import program_renderer

_STAGE = "display:inline-block;padding:8px"

RENDERER = program_renderer("wavedrom@3", Path(__file__).parent / "wavedrom.js", _STAGE)
