"""Web pages: templates that packages ship, whole and in sections, each made self-contained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import lxml.html

from vincicoder.sample import Domain, Language, RawSample
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import npm_package, npm_version
from vincicoder.sources.files import list_files
from vincicoder.sources.packages import bootstrap_docs
from vincicoder.sources.packages.html_document import SourcePage, make_self_contained
from vincicoder.sources.packages.html_sections import SectionCutter


@dataclass(frozen=True)
class PageSource:
    """Pages listed by `list_pages`, then their sections; made self-contained only when yielded."""

    info: SourceInfo
    version: Callable[[], str]
    list_pages: Callable[[], list[SourcePage]]

    @cached_property
    def pages(self) -> list[SourcePage]:
        """Every page, then its sections, in order."""
        listed: list[SourcePage] = []
        cutter = SectionCutter()
        for page in self.list_pages():
            listed.append(page)
            sections = cutter.cut(lxml.html.document_fromstring(page.html))
            for number, html in enumerate(sections):
                listed.append(SourcePage(f"{page.source_id}#{number}", html, page.stylesheets, page.folder))
        return listed

    def revision(self) -> str:
        return self.version()

    def count(self) -> int:
        return len(self.pages)

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        for page in self.pages[start:stop]:
            yield RawSample(
                source_id=page.source_id,
                code=make_self_contained(page),
                language=self.info.languages[0],
                domain=self.info.domain,
                license=self.info.license,
            )


def linked_stylesheets(html: str, folder: Path, site: Path) -> tuple[Path, ...]:
    """Return the local stylesheets that a page links, in order; one from `/` is looked up in `site`."""
    root = lxml.html.document_fromstring(html)
    found = []
    for address in root.xpath("//link[contains(@rel, 'stylesheet')]/@href"):
        path = site / address.lstrip("/") if address.startswith("/") else folder / address
        if path.is_file():
            found.append(path)
    return tuple(found)


def read_template(package: str, site: str, patterns: tuple[str, ...]) -> list[SourcePage]:
    """Return the pages of an npm package, below its folder `site`."""
    root = npm_package(package) / site
    pages = []
    for path in list_files(root, patterns):
        html = path.read_text(encoding="utf-8", errors="replace")
        stylesheets = linked_stylesheets(html, path.parent, root)
        pages.append(SourcePage(path.relative_to(root).as_posix(), html, stylesheets, path.parent))
    return pages


def _template(name: str, package: str, site: str, patterns: tuple[str, ...], citation: str) -> PageSource:
    info = SourceInfo(
        name=name,
        domain=Domain.WEB,
        languages=(Language.HTML,),
        license="MIT",
        origin=f"npm package {package}, {site}: pages and their sections, made self-contained",
        citation=citation,
    )
    return PageSource(info, partial(npm_version, package), partial(read_template, package, site, patterns))


def create_sources() -> list[PageSource]:
    """Return the web page sources. Nothing is read until they are used."""
    start = "Start Bootstrap, David Miller"
    return [
        _template("startbootstrap-creative", "startbootstrap-creative", "dist", ("*.html",), start),
        _template("startbootstrap-resume", "startbootstrap-resume", "dist", ("*.html",), start),
        _template("startbootstrap-sb-admin", "startbootstrap-sb-admin", "dist", ("*.html",), start),
        _template("startbootstrap-sb-admin-2", "startbootstrap-sb-admin-2", ".", ("*.html",), start),
        _template("gentelella", "gentelella", "dist", ("production/*.html",), "Gentelella, Colorlib"),
        PageSource(
            bootstrap_docs.EXAMPLES_INFO, bootstrap_docs.version, bootstrap_docs.read_component_examples
        ),
        PageSource(bootstrap_docs.PAGES_INFO, bootstrap_docs.version, bootstrap_docs.read_example_pages),
    ]
