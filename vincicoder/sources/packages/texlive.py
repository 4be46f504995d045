"""What Debian's TeX Live documentation packages hold, and under which licence each TeX package is."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.corpora import debian_path, debian_version

DOCUMENTATION = "usr/share/doc/texlive-doc"

# The words of TeX Live's database, in order of preference where a package offers several.
_SPDX = (
    ("pd", "LicenseRef-public-domain"),
    ("cc-by-4", "CC-BY-4.0"),
    ("cc-by-sa-4", "CC-BY-SA-4.0"),
    ("mit", "MIT"),
    ("bsd3", "BSD-3-Clause"),
    ("bsd2", "BSD-2-Clause"),
    ("bsd", "BSD-3-Clause"),
    ("apache2", "Apache-2.0"),
    ("lppl1.3c", "LPPL-1.3c"),
    ("lppl1.3", "LPPL-1.3c"),
    ("lppl1.2", "LPPL-1.2"),
    ("lppl1", "LPPL-1.0"),
    ("lppl", "LPPL-1.3c"),
    ("fdl", "GFDL-1.3-or-later"),
    ("ofl", "OFL-1.1"),
)
_ENTRY = re.compile(r"^([A-Za-z0-9][\w.+-]*): *(\S.*)$")


def documentation_folder(debian_package: str, tex_package_folder: str) -> Path:
    """Return a TeX package's documentation folder, e.g. `generic/pgf`. Raises `SourceUnavailableError`."""
    return debian_path(debian_package, f"{DOCUMENTATION}/{tex_package_folder}")


@cache
def licenses(debian_package: str) -> dict[str, str]:
    """Return TeX package name → the words of TeX Live's licence field, from Debian's own list."""
    path = debian_path(debian_package, f"usr/share/doc/{debian_package}/Licenses.gz")
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        return {match[1]: match[2].strip() for line in lines if (match := _ENTRY.match(line))}


def spdx_license(words: str) -> str | None:
    """Return the SPDX identifier of the first known licence offered; None for GPL only, or unknown."""
    offered = words.split()
    return next((identifier for word, identifier in _SPDX if word in offered), None)


@cache
def installed_documentation(debian_packages: Sequence[str]) -> tuple[str, ...]:
    """Return those of the Debian packages that are here. Raises `SourceUnavailableError` when none is."""
    here = []
    for package in debian_packages:
        try:
            licenses(package)
        except SourceUnavailableError:
            continue
        here.append(package)
    if not here:
        raise SourceUnavailableError(
            f"none of the Debian packages {', '.join(debian_packages)} is here: "
            f"run `apt-get install {debian_packages[0]}`"
        )
    return tuple(here)


def documentation_version(debian_packages: Sequence[str]) -> str:
    """Return the versions of those packages that are here, in order."""
    return " ".join(debian_version(package) for package in installed_documentation(tuple(debian_packages)))
