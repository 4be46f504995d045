"""The normal form of a program: equal for two programs only when they draw the same picture.

It serves comparison alone and is never run. Every language's `normal_form` makes its own, and is cautious:
where layout can show in the picture (preformatted text, verbatim material), it is kept.
"""

from __future__ import annotations

import hashlib

from vincicoder.render.registry import LANGUAGES


def normal_sha256(code: str, language: str) -> str:
    """Return the sha256 hex digest of the language and the program's normal form."""
    form = f"{language}\0{normal_form(code, language)}"
    return hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()


def normal_form(code: str, language: str) -> str:
    """Return the normal form. A program that cannot be read is its own, but for line ends."""
    code = code.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").strip("\n")
    spec = LANGUAGES.get(language)
    return spec.normal_form(code) if spec and spec.normal_form else code
