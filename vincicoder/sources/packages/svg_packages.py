"""SVG pictures that packages ship: clip art, emoji, flags and icon sets."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_path, debian_version, npm_package, npm_version
from vincicoder.sources.files import FileSource

_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


def drop_comments(code: str) -> str:
    """Return the SVG without its comments: no picture shows a licence notice, and the licence is a column."""
    return _COMMENT.sub("", code)


def _info(name: str, license_name: str, origin: str, citation: str) -> SourceInfo:
    return SourceInfo(name, Domain.SVG, (Language.SVG,), license_name, origin, citation)


def _npm_folder(package: str, folder: str) -> Path:
    return npm_package(package) / folder


def _npm_source(name: str, package: str, folder: str, license_name: str, citation: str) -> FileSource:
    return FileSource(
        info=_info(name, license_name, f"npm package {package}, {folder}", citation),
        root=partial(_npm_folder, package, folder),
        version=partial(npm_version, package),
        patterns=("**/*.svg",),
        edit=drop_comments,
    )


def create_sources() -> list[FileSource]:
    """Return the SVG sources. Nothing is read until they are used."""
    return [
        FileSource(
            info=_info(
                "openclipart",
                "CC-PDDC",
                "Debian package openclipart-svg, /usr/share/openclipart/svg",
                "Open Clip Art Library 0.18, public domain",
            ),
            root=partial(debian_path, "openclipart-svg", "usr/share/openclipart/svg"),
            version=partial(debian_version, "openclipart-svg"),
            patterns=("**/*.svg",),
        ),
        _npm_source(
            "twemoji",
            "@twemoji/svg",
            ".",
            "CC-BY-4.0",
            "Twemoji, copyright Twitter, Inc and other contributors",
        ),
        _npm_source("flag-icons", "flag-icons", "flags/4x3", "MIT", "flag-icons, Panayiotis Lipiridis"),
        _npm_source("lucide", "lucide-static", "icons", "ISC", "Lucide icons, Lucide contributors"),
        _npm_source(
            "bootstrap-icons", "bootstrap-icons", "icons", "MIT", "Bootstrap Icons, The Bootstrap Authors"
        ),
        _npm_source(
            "fontawesome",
            "@fortawesome/fontawesome-free",
            "svgs",
            "CC-BY-4.0",
            "Font Awesome Free icons, Fonticons, Inc.",
        ),
        _npm_source(
            "simple-icons",
            "simple-icons",
            "icons",
            "CC0-1.0",
            "Simple Icons, Simple Icons contributors (the marks belong to their owners)",
        ),
    ]
