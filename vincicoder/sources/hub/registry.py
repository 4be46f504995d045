"""Every published corpus by name, and the place that a user gave for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.corpus import Corpus
from vincicoder.sources.hub.declared import (
    chart2code,
    cosyn,
    datikz,
    imgcode,
    msrl,
    starvector,
    unisvg,
    vincicoder_sets,
    viscodex,
    web2code,
    webcode2m,
)
from vincicoder.sources.hub.source import CorpusSource

_MODULES = (
    chart2code,
    msrl,
    viscodex,
    web2code,
    webcode2m,
    unisvg,
    starvector,
    datikz,
    imgcode,
    cosyn,
    vincicoder_sets,
)
# One name for several corpora that are published in one place.
_FAMILIES = {"cosyn": "cosyn-", "cosyn-400k": "cosyn-", "imgcode": "imgcode-", "imgcode-8.6m": "imgcode-"}


@cache
def corpora() -> dict[str, Corpus]:
    """Return every corpus by its name, in the order of the documentation."""
    return {corpus.name: corpus for module in _MODULES for corpus in module.CORPORA}


def find_corpora(name: str) -> list[Corpus]:
    """Return the corpora that a name means: its own name, an alias or hub id (whatever the case), or a
    family such as `cosyn` for all ten configurations. Raises KeyError, listing what there is."""
    wanted = name.strip().lower()
    known = corpora()
    family = _FAMILIES.get(wanted) or next(
        (prefix for prefix in set(_FAMILIES.values()) if _is_hub_id(wanted, prefix)), None
    )
    if family:
        return [corpus for corpus in known.values() if corpus.name.startswith(family)]
    for corpus in known.values():
        if wanted and wanted in (corpus.name, corpus.hub_id.lower(), *corpus.aliases):
            return [corpus]
    raise KeyError(
        f"unknown corpus {name!r}; known are {', '.join(known)}, and the families cosyn and imgcode"
    )


def _is_hub_id(wanted: str, prefix: str) -> bool:
    return any(
        corpus.hub_id.lower() == wanted for corpus in corpora().values() if corpus.name.startswith(prefix)
    )


def corpus_sources(name: str, location: str | None) -> list[CorpusSource]:
    """Return the sources that a name means, read from a location (None: the hub)."""
    return [CorpusSource(corpus, location) for corpus in find_corpora(name)]


def parse_source(text: str) -> list[CorpusSource]:
    """Return the sources of `NAME` (from the hub) or `NAME=PATH` (a folder, file or URL).

    Of a family only the corpora that have files at the path are returned. Raises
    `SourceUnavailableError` for a name that no corpus has, and for a family of which nothing is there.
    """
    name, given, location = text.partition("=")
    if given and not location:
        raise SourceUnavailableError(f"received the source {text!r}: a folder, a file or a URL goes after =")
    if given and "://" not in location:
        location = str(Path(location).expanduser().absolute())
    try:
        sources = corpus_sources(name, location if given else None)
    except KeyError as error:
        raise SourceUnavailableError(str(error.args[0])) from error
    if len(sources) == 1 or not location:
        return sources
    found = [source for source in sources if source.has_own_files()]
    if not found:
        listed = ", ".join(source.info.name for source in sources)
        raise SourceUnavailableError(
            f"{location} has no folder of any of {listed}; name the one that it holds"
        )
    return found
