"""Diagrams: the example graphs that Graphviz ships with its documentation."""

from __future__ import annotations

from functools import partial

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_path, debian_version
from vincicoder.sources.files import FileSource

_DEBIAN_PACKAGE = "graphviz-doc"


def create_sources() -> list[FileSource]:
    """Return the source of example graphs. Nothing is read until it is used."""
    info = SourceInfo(
        name="graphviz-examples",
        domain=Domain.DIAGRAM,
        languages=(Language.GRAPHVIZ,),
        license="EPL-1.0",
        origin=f"Debian package {_DEBIAN_PACKAGE}, examples/graphs",
        citation="Graphviz, AT&T Research and the Graphviz authors",
    )
    root = partial(debian_path, _DEBIAN_PACKAGE, "usr/share/doc/graphviz/examples/graphs")
    version = partial(debian_version, _DEBIAN_PACKAGE)
    return [FileSource(info, root, version, ("**/*.gv", "**/*.gv.gz"))]
