"""Every embedded source by name."""

from __future__ import annotations

from functools import cache

from vincicoder.sources.base import Source, SourceInfo
from vincicoder.sources.packages import (
    example_galleries,
    graphviz_examples,
    html_pages,
    latex_docs,
    mermaid_examples,
    molecules,
    pgf_manual,
    svg_packages,
)

_MODULES = (
    example_galleries,
    svg_packages,
    html_pages,
    pgf_manual,
    latex_docs,
    molecules,
    graphviz_examples,
    mermaid_examples,
)


@cache
def _sources() -> dict[str, Source]:
    made: list[Source] = []
    for module in _MODULES:
        made.extend(module.create_sources())
    return {source.info.name: source for source in made}


def get_source(name: str) -> Source:
    """Return the embedded source of that name; the same object each time, so that listings are kept.

    Raises `KeyError` for a name that is not registered. Whether its corpus is on this machine shows
    only at use (`SourceUnavailableError`).
    """
    sources = _sources()
    if name not in sources:
        raise KeyError(f"unknown source {name!r}; known sources are {', '.join(sorted(sources))}")
    return sources[name]


def is_embedded(source: Source) -> bool:
    """Return whether this is the embedded source of its name, not another one that is called so."""
    return _sources().get(source.info.name) is source


def list_sources() -> list[SourceInfo]:
    """Return what every embedded source declares, sorted by name. Reads no corpus."""
    return sorted((source.info for source in _sources().values()), key=lambda info: info.name)
