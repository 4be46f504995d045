"""Diagrams: the examples that the makers of Mermaid show in its live editor, 32 kinds of diagram."""

from __future__ import annotations

import re
from functools import partial

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import npm_package, npm_version
from vincicoder.sources.files import Snippet, SnippetSource

_PACKAGE = "@mermaid-js/examples"
_MODULE = "dist/mermaid-examples.core.mjs"

# The package is one JavaScript module of object literals. It is read, never run.
_KIND_OR_EXAMPLE = re.compile(
    r'^  id: "(?P<kind>[^"]+)"|^      code: `(?P<code>(?:[^`\\]|\\.)*)`', re.MULTILINE | re.DOTALL
)
_ESCAPE = re.compile(r"\\([`$\\])")


def cut_examples(module: str) -> list[Snippet]:
    """Return the module's examples as `<kind>/<number in its kind>`, in their order."""
    found: list[Snippet] = []
    kind, number = "", 0
    for match in _KIND_OR_EXAMPLE.finditer(module):
        if match["kind"] is not None:
            kind, number = match["kind"], 0
            continue
        code = _ESCAPE.sub(r"\1", match["code"])
        found.append(Snippet(f"{kind}/{number}", code.rstrip() + "\n"))
        number += 1
    return found


def _cut_package() -> list[Snippet]:
    return cut_examples((npm_package(_PACKAGE) / _MODULE).read_text(encoding="utf-8"))


def create_sources() -> list[SnippetSource]:
    """Return the source of example diagrams. Nothing is read until it is used."""
    info = SourceInfo(
        name="mermaid-examples",
        domain=Domain.DIAGRAM,
        languages=(Language.MERMAID,),
        license="MIT",
        origin=f"npm package {_PACKAGE}, {_MODULE}",
        citation="Mermaid, Knut Sveidqvist and contributors",
    )
    return [SnippetSource(info, partial(npm_version, _PACKAGE), _cut_package)]
