"""Files of code and pictures that belong together: beside each other, or in folders of what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vincicoder.benchmarks.cells import PICTURES
from vincicoder.render.registry import LANGUAGE_OF_SUFFIX

# Parts of paths that tell code from picture, not one item from another.
_ROLE_FOLDERS = frozenset(
    {"png", "img", "image", "images", "code", "codes", "py", "txt", "html", "svg", "tex"}
)
_ROLE_WORDS = re.compile(r"(ground_truth|ground-truth|gt)?_?(image|code|figure|fig|img|screenshot)_?", re.I)


@dataclass(frozen=True, slots=True)
class FilePair:
    """`key` is the path that both files have but for words of their role; one of the files may lack.
    `language` is what the code's suffix says, None where that says nothing."""

    key: str
    code: Path | None
    picture: Path | None
    language: str | None


def file_pairs(root: Path, files: Sequence[Path]) -> Iterator[FilePair]:
    """Yield the pairs among files below a folder, in order of their keys."""
    codes: dict[str, Path] = {}
    pictures: dict[str, Path] = {}
    for file in files:
        suffix = file.suffix.lower()
        key = _key(file.relative_to(root))
        if suffix in PICTURES:
            pictures.setdefault(key, file)
        elif suffix in LANGUAGE_OF_SUFFIX or (suffix == ".txt" and "code" in file.as_posix().lower()):
            codes.setdefault(key, file)
    for key in sorted({*codes, *pictures}):
        code = codes.get(key)
        language = LANGUAGE_OF_SUFFIX.get(code.suffix.lower()) if code else None
        yield FilePair(key, code, pictures.get(key), language)


def _key(relative: Path) -> str:
    folders = [part for part in relative.parts[:-1] if part.lower() not in _ROLE_FOLDERS]
    stem = _ROLE_WORDS.sub("", relative.stem) or relative.stem
    return "/".join((*folders, stem))
