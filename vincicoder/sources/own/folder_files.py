"""Sorts the files of a user's folder: programs, their pictures, and other files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vincicoder.render.registry import language_of_file
from vincicoder.sources.base import count_by_suffix, few
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES
from vincicoder.sources.own.companions import latex_inputs
from vincicoder.sources.own.notebook import NOTEBOOK
from vincicoder.sources.own.script_data import BINARY_SUFFIXES, DATA_SUFFIXES

# What programs may name: written into them where they do.
_COMPANIONS = DATA_SUFFIXES | {".css", ".js"}
_NEVER = frozenset({"__pycache__", "__MACOSX", "node_modules"})


def language_of(name: str) -> str | None:
    """Return the language of a file by its name; that of a notebook is Python."""
    return "python" if name.lower().endswith(NOTEBOOK) else language_of_file(name)


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The files of a folder by what they are, as sorted paths within it (with `/`).

    `programs` are the rows. `parts` are LaTeX files that others input. `pictures` may be those of programs.
    """

    root: Path
    programs: tuple[str, ...]
    parts: tuple[str, ...]
    pictures: tuple[str, ...]
    companions: tuple[str, ...]
    others: tuple[str, ...]
    hidden: tuple[str, ...]
    linked_folders: tuple[str, ...]

    def content(self) -> list[str]:
        """Return the files that decide what the rows are."""
        data = [name for name in self.others if PurePosixPath(name.lower()).suffix in BINARY_SUFFIXES]
        return sorted((*self.programs, *self.parts, *self.pictures, *self.companions, *data))

    def left_out(self, used_pictures: frozenset[str]) -> list[str]:
        """Say what is no row: a line a kind."""
        alone = [name for name in self.pictures if name not in used_pictures]
        kinds = (
            (self.others, "other files are not taken"),
            (alone, "pictures belong to no program of their name"),
            (self.hidden, "hidden files are not taken"),
            (self.linked_folders, "links to folders are not followed"),
            (self.parts, "LaTeX files are parts of others, which input them"),
            (self.companions, "files are taken only into programs that name them"),
        )
        return [
            f"{len(names)} {what}: {count_by_suffix(names)} ({few(names)})" for names, what in kinds if names
        ]


def list_folder(root: Path, chosen: frozenset[str] | None = None) -> FolderFiles:
    """Look through a folder; where `chosen` is given, only at those paths and what may belong to them."""
    kinds: dict[str, list[str]] = {kind: [] for kind in FolderFiles.__slots__ if kind != "root"}
    for name, is_folder in _walk(root):
        kind = _kind(name, is_folder)
        if chosen is None or name in chosen or kind in ("pictures", "companions"):
            kinds[kind].append(name)
    parts = _parts(root, kinds["programs"])
    programs = [name for name in kinds.pop("programs") if name not in parts]
    found = {kind: tuple(sorted(names)) for kind, names in kinds.items() if kind != "parts"}
    return FolderFiles(root, tuple(sorted(programs)), tuple(sorted(parts)), **found)


def _kind(name: str, is_folder: bool) -> str:
    path = PurePosixPath(name)
    if any(part.startswith(".") or part in _NEVER for part in path.parts):
        return "hidden"
    if is_folder:
        return "linked_folders"
    if language_of(name) is not None:
        return "programs"
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES:
        return "pictures"
    return "companions" if suffix in _COMPANIONS else "others"


def _walk(root: Path) -> Iterator[tuple[str, bool]]:
    """Yield every file, and every folder that is a link or is not entered, with whether it is a folder."""
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        for name in list(folders):
            if name in _NEVER or (here / name).is_symlink() or name == ".git":
                folders.remove(name)
                yield (here / name).relative_to(root).as_posix(), True
        for name in names:
            if name != ".whole" and (here / name).is_file():
                yield (here / name).relative_to(root).as_posix(), False


def _parts(root: Path, programs: list[str]) -> set[str]:
    """Return the LaTeX files that other files input."""
    found: set[str] = set()
    for name in programs:
        if name.lower().endswith(".tex"):
            code = (root / name).read_bytes().decode("utf-8", "replace")
            inputs = (path for path in latex_inputs(code, (root / name).parent, root) if path != root / name)
            found |= {path.relative_to(root.resolve()).as_posix() for path in inputs}
    return found
