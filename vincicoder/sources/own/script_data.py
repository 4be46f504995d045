"""Data files that lie beside a script and that it reads: the program gets code that writes them first."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from vincicoder import syntax_tree
from vincicoder.clean.missing_files import named_input, writes_files
from vincicoder.sample import Reason, Rejection
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES

DATA_SUFFIXES = frozenset(
    {".csv", ".tsv", ".txt", ".dat", ".json", ".jsonl", ".geojson", ".xml", ".yaml", ".yml"}
)
# Data that is no text: a model can't write it, so a program that reads it is refused.
BINARY_SUFFIXES = PICTURE_SUFFIXES | {
    *(".npy", ".npz", ".xlsx", ".xls", ".ods", ".parquet", ".feather", ".arrow", ".pkl", ".pickle"),
    *(".h5", ".hdf5", ".nc", ".mat", ".gz", ".bz2", ".xz", ".zip", ".sav", ".dta", ".db", ".sqlite"),
}
# Of all data of one script: with its data in it a program must stay within the bounds of cleaning.
MOST_BYTES = 32_000


def bring_data(code: str, folder: Path, root: Path) -> tuple[str, tuple[str, ...], Rejection | None]:
    """Return the program with the data files in it that it names, a note for each, or why it has none.

    The program starts by writing each file under the name by which it reads it, so that it runs anywhere: in
    the sandbox, as a model's target, on a reader's machine; its text, and so every key, holds the data.
    A path that leads out of the script's folder is changed in the code to the file's name.
    """
    try:
        tree = syntax_tree.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code, (), None
    binary = None if writes_files(code) else _binary_file(tree, folder, root)
    if binary is not None:
        detail = f"reads {binary}; only text is written into a program ({', '.join(sorted(DATA_SUFFIXES))})"
        return code, (), Rejection(Reason.COLLECT_NOT_SELF_CONTAINED, detail)
    named = list(dict.fromkeys(_named_files(tree, folder, root)))
    files = {_target(name): path for name, path in named}
    if not files:
        return code, (), None
    size = sum(path.stat().st_size for path in files.values())
    if size > MOST_BYTES:
        detail = f"reads {', '.join(files)}: {size} bytes; a program can be given at most {MOST_BYTES}"
        return code, (), Rejection(Reason.COLLECT_NOT_SELF_CONTAINED, detail)
    lines, notes = ["from pathlib import Path", ""], []
    for folder_name in sorted({str(parent) for name in files if (parent := PurePosixPath(name).parent).name}):
        lines.append(f"Path({folder_name!r}).mkdir(parents=True, exist_ok=True)")
    for name, path in files.items():
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            detail = f"reads {name}, which is not UTF-8 and cannot be written into the program"
            return code, (), Rejection(Reason.COLLECT_NOT_SELF_CONTAINED, detail)
        lines.append(f'Path({name!r}).write_text({_literal(text)}, encoding="utf-8")')
        notes.append(
            f"collect: data of {path.relative_to(root).as_posix()} written into the program, "
            f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()[:16]}"
        )
    for name, _ in named:
        if _target(name) != name:
            code = code.replace(repr(name), repr(_target(name))).replace(f'"{name}"', f'"{_target(name)}"')
    return _with_prelude(code, "\n".join(lines)), tuple(notes), None


def _named_files(tree: ast.Module, folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """Yield each text of the program that is the path of a data file beside it, with that file."""
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < 250
    ]
    # os.path.join("data", "a.csv") and Path("data") / "a.csv" name a folder and a file apart.
    folders = ["", *(text for text in dict.fromkeys(texts) if "\0" not in text and (folder / text).is_dir())]
    for text in texts:
        if PurePosixPath(text.lower()).suffix not in DATA_SUFFIXES or "\0" in text or "\n" in text:
            continue
        for parent in folders:
            name = f"{parent.rstrip('/')}/{text}" if parent else text
            path = (folder / name).resolve()
            if path.is_relative_to(root.resolve()) and path.is_file():
                yield name, path
                break


def _binary_file(tree: ast.Module, folder: Path, root: Path) -> str | None:
    """Return the name of a file beside the program that it reads and that is no text, such as a picture."""
    for node in ast.walk(tree):
        name = named_input(node) if isinstance(node, ast.Call) else None
        if name and "\0" not in name and PurePosixPath(name.lower()).suffix in BINARY_SUFFIXES:
            path = (folder / name).resolve()
            if path.is_relative_to(root.resolve()) and path.is_file():
                return name
    return None


def _target(name: str) -> str:
    """Return the path under which the program may write: its own, or the bare name where that leads out."""
    path = PurePosixPath(name)
    return path.name if path.is_absolute() or ".." in path.parts else path.as_posix()


def _literal(text: str) -> str:
    if "\\" in text or '"""' in text or text.endswith('"') or not text.replace("\n", "").isprintable():
        return repr(text)
    return f'"""{text}"""' if text.startswith("\n") else f'"""\\\n{text}"""'


def _with_prelude(code: str, prelude: str) -> str:
    """Put lines before a program, but after its docstring and what it imports from `__future__`."""
    body = syntax_tree.parse(code).body
    last = 0
    for number, statement in enumerate(body):
        is_docstring = (
            number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        )
        is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (is_docstring or is_future):
            break
        last = statement.end_lineno or 0
    lines = code.split("\n")
    head, rest = lines[:last], lines[last:]
    return "\n".join([*head, *([""] if head else []), prelude, "", *rest])
