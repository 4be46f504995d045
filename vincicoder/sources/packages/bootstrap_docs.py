"""Web pages: the component examples and the example pages of Bootstrap's documentation."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_path, debian_version, npm_package, npm_version
from vincicoder.sources.files import list_files, read_code
from vincicoder.sources.packages.html_document import SourcePage

_DEBIAN_PACKAGE = "libjs-bootstrap5-doc"
_FOLDER = "usr/share/doc/libjs-bootstrap5"
_LICENSE = "MIT AND CC-BY-3.0"
_CITATION = "Bootstrap documentation, The Bootstrap Authors"

EXAMPLES_INFO = SourceInfo(
    name="bootstrap-components",
    domain=Domain.WEB,
    languages=(Language.HTML,),
    license=_LICENSE,
    origin=f"Debian package {_DEBIAN_PACKAGE}: examples in the text, styled by npm package bootstrap",
    citation=_CITATION,
)
PAGES_INFO = SourceInfo(
    name="bootstrap-pages",
    domain=Domain.WEB,
    languages=(Language.HTML,),
    license=_LICENSE,
    origin=f"Debian package {_DEBIAN_PACKAGE}: example pages and their sections",
    citation=_CITATION,
)

_EXAMPLE = re.compile(r"\{\{< example(?P<options>[^>]*)>\}\}(?P<html>.*?)\{\{< /example >\}\}", re.DOTALL)
_SHORTCODE = re.compile(r"\{\{[<%-]?.*?\}\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{< placeholder (?P<options>[^>]*)>\}\}")
_OPTION = re.compile(r"(\w+)=(?:\"([^\"]*)\"|(\S+))")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def version() -> str:
    """Return the versions of the documentation and of the stylesheet."""
    return f"{debian_version(_DEBIAN_PACKAGE)} {npm_version('bootstrap')}"


def _stylesheet() -> Path:
    return npm_package("bootstrap") / "dist" / "css" / "bootstrap.css"


def expand_placeholder(match: re.Match[str]) -> str:
    """Return the SVG that a placeholder of the documentation stands for: a box with its size or a text."""
    options = {name: quoted or bare for name, quoted, bare in _OPTION.findall(match["options"])}
    width, height = options.get("width", "100%"), options.get("height", "180")
    text = options.get("text", f"{width}x{height}")
    label = (
        f'<text x="50%" y="50%" fill="{options.get("color", "#dee2e6")}" dy=".3em">{text}</text>'
        if text != "false"
        else ""
    )
    return (
        f'<svg class="{options.get("class", "")}" width="{width}" height="{height}" '
        'xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="xMidYMid slice" '
        'style="font-size: 1.125rem; text-anchor: middle">'
        f'<rect width="100%" height="100%" fill="{options.get("background", "#868e96")}"/>{label}</svg>'
    )


def _document(title: str, body: str, body_class: str = "") -> str:
    names = f' class="{body_class}"' if body_class else ""
    return (
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n</head>\n<body{names}>\n{body}\n</body>\n</html>\n"
    )


def read_component_examples() -> list[SourcePage]:
    """Return the examples in the text; those that the site generator would have to expand are left out."""
    folder = debian_path(_DEBIAN_PACKAGE, _FOLDER)
    pages = []
    for path in list_files(folder, ("*/*.md", "*/*.md.gz")):
        text = read_code(path)
        name = path.relative_to(folder).as_posix().removesuffix(".gz")
        for number, match in enumerate(_EXAMPLE.finditer(text if isinstance(text, str) else "")):
            html = _PLACEHOLDER.sub(expand_placeholder, match["html"]).strip("\n")
            if _SHORTCODE.search(html):
                continue
            title = path.name.split(".")[0].replace("-", " ").capitalize()
            body = f'<div class="p-4" style="zoom: 1.5">\n{html}\n</div>'
            pages.append(
                SourcePage(f"{name}#{number}", _document(title, body), (_stylesheet(),), path.parent)
            )
    return pages


def read_example_pages() -> list[SourcePage]:
    """Return the example pages, completed from their front matter (title, body class, own stylesheets)."""
    folder = debian_path(_DEBIAN_PACKAGE, f"{_FOLDER}/examples")
    pages = []
    for path in list_files(folder, ("*/*.html", "*/*.html.gz")):
        text = read_code(path)
        front = _FRONT_MATTER.match(text) if isinstance(text, str) else None
        if front is None or not isinstance(text, str):
            continue
        settings = yaml.safe_load(front[1])
        body = _PLACEHOLDER.sub(expand_placeholder, text[front.end() :])
        body = re.sub(r"\{\{< /?example[^>]*>\}\}", "", body)
        body = _SHORTCODE.sub("", body).strip("\n")
        own = [path.parent / name for name in settings.get("extra_css") or ()]
        stylesheets = (_stylesheet(), *(css for css in own if css.is_file()))
        html = _document(settings["title"], body, settings.get("body_class") or "")
        pages.append(
            SourcePage(
                path.relative_to(folder).as_posix().removesuffix(".gz"), html, stylesheets, path.parent
            )
        )
    return pages
