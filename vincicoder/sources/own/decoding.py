"""Text of code files in the encoding that the file itself declares, as the tools of its language read it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from vincicoder.sources.hub.convert import marked_encoding

# Where each language declares the encoding, within the first bytes.
_HEAD_BYTES = 2_048
_DECLARATIONS = {
    "python": re.compile(r"\A(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*(?P<name>[-\w.]+)"),  # PEP 263
    "html": re.compile(r"<meta\b[^>]*?\bcharset\s*=\s*[\"']?(?P<name>[-\w]+)", re.I),
    "svg": re.compile(r"\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"'](?P<name>[-\w]+)"),
    "latex": re.compile(r"\\usepackage\s*\[(?P<name>[-\w]+)\]\s*\{inputenc\}"),
}
_OF_INPUTENC = {"latin1": "latin-1", "latin9": "iso8859-15", "ansinew": "cp1252", "applemac": "mac-roman"}
_UTF8_OF = {"latex": "utf8"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text; bytes where it is not in the encoding that it declares. `changes` as in `RawSample`."""

    code: str | bytes
    changes: tuple[str, ...] = ()


def decode(content: bytes, language: str, encoding: str = "") -> Decoded:
    """Decode a file: in the encoding that is given, that of its mark, what it declares, or UTF-8.

    What it declares counts also where its bytes happen to be UTF-8, as it does for the tools. Text of another
    encoding gets UTF-8 in its declaration, for so it is written from now on.
    """
    if content.isascii():
        return Decoded(content.decode("ascii"))
    pattern = _DECLARATIONS.get(language)
    declared = pattern.search(content[:_HEAD_BYTES].decode("latin-1")) if pattern else None
    chosen = (
        encoding or marked_encoding(content) or (_codec(declared["name"]) if declared else None) or "utf-8"
    )
    try:
        text = content.decode(chosen)
    except (UnicodeError, LookupError):
        return Decoded(content)
    if _codec(chosen) in ("utf-8", "utf-8-sig"):
        return Decoded(text)
    found = pattern.search(text[:_HEAD_BYTES]) if pattern else None
    if found:
        text = text[: found.start("name")] + _UTF8_OF.get(language, "utf-8") + text[found.end("name") :]
    return Decoded(text, (f"collect: {chosen} became utf-8",))


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup(_OF_INPUTENC.get(name, name)).name
    except LookupError:
        return None
