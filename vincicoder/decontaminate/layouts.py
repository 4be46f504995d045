"""Reads a benchmark's items from any of the shapes in which benchmarks are published.

Tables: Parquet, JSON lines or JSON lists, with code and image (bytes, or a path) in columns. Folders:
files of code and pictures of one name, beside each other or in folders named after what they hold.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vincicoder.decontaminate.benchmarks import Benchmark, BenchmarkError, ChosenBenchmark
from vincicoder.render.registry import LANGUAGE_OF_SUFFIX, ROW_LANGUAGES
from vincicoder.sample import Language

_TABLES = (".parquet", ".jsonl", ".json")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")

# Parts of paths that tell code from picture, not one item from another.
_ROLE_FOLDERS = frozenset(
    {"png", "img", "image", "images", "code", "codes", "py", "txt", "html", "svg", "tex"}
)
_ROLE_WORDS = re.compile(r"(ground_truth|ground-truth|gt)?_?(image|code|figure|fig|img|screenshot)_?", re.I)
_LANGUAGE_NAMES = {
    **{name: name for name in ROW_LANGUAGES},
    "vegalite": "vega-lite",
    "tikz": "latex",
    "algorithm": "latex",
    "equation": "latex",
    "plot": "latex",
    "table": "latex",
    "webpage": "html",
    "music": "lilypond",
    "musicsheet": "lilypond",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item: code or picture (undecoded), or both. `item` is unique in its benchmark."""

    item: str
    language: str
    code: str | None
    image: bytes | None


def read_items(chosen: ChosenBenchmark) -> Iterator[Item]:
    """Yield the items of a benchmark in a fixed order.

    Raises `BenchmarkError` where nothing that can be read is found, or the hub cannot be reached.
    """
    if chosen.path is None:
        yield from _from_hub(chosen)
        return
    root = chosen.path if chosen.path.is_dir() else chosen.path.parent
    files = _files(chosen.path)
    tables = [file for file in files if file.suffix.lower() in _TABLES]
    found = False
    for file in tables:
        for item in _from_table(chosen.benchmark, root, file):
            found = True
            yield item
    if not found:
        for item in _from_pairs(chosen.benchmark, root, files):
            found = True
            yield item
    if not found:
        columns = ", ".join((*chosen.benchmark.code, *chosen.benchmark.images))
        raise BenchmarkError(
            f"benchmark {chosen.benchmark.name}: no item in {chosen.path}. Allowed are Parquet, JSON or JSON "
            f"lines with a column of {columns}; or files of code and pictures of one name. "
            "Unpack archives first"
        )


def content_digest(chosen: ChosenBenchmark) -> str:
    """Return a sha256 over names and content of all its files: what an index of it depends on.

    What comes from the hub is named by its ids, as the hub keeps revisions of its own.
    """
    digest = hashlib.sha256(chosen.benchmark.name.encode())
    if chosen.path is None:
        digest.update("\0".join(("hub", *chosen.hub)).encode())
        return digest.hexdigest()
    for file in _files(chosen.path):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").digest()
        digest.update(file.relative_to(chosen.path.parent).as_posix().encode() + b"\0" + content)
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    """All files in order of their relative path; what a hub's client keeps for itself left out."""
    if path.is_file():
        return [path]
    found = [file for file in path.rglob("*") if file.is_file()]
    kept = [file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    return sorted(kept, key=lambda file: file.relative_to(path).as_posix())


def _from_table(benchmark: Benchmark, root: Path, file: Path) -> Iterator[Item]:
    place = file.relative_to(root).with_suffix("").as_posix()
    for number, row in enumerate(_rows(benchmark, file)):
        item = _item_of(benchmark, row, f"{place}:{number}", [file.parent, root], place)
        if item is not None:
            yield item


def _rows(benchmark: Benchmark, file: Path) -> Iterator[Mapping[str, Any]]:
    try:
        if file.suffix == ".parquet":
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(64):
                    yield from batch.to_pylist()
            return
        text = file.read_text("utf-8")
        if file.suffix == ".jsonl":
            rows: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = json.loads(text)
            if isinstance(rows, dict):  # one item, or items by their names
                named = all(isinstance(value, dict) for value in rows.values())
                rows = [{"id": name, **value} for name, value in rows.items()] if named else [rows]
    except (ValueError, OSError) as error:
        raise BenchmarkError(f"benchmark {benchmark.name}: {file} cannot be read: {error}") from error
    for row in rows:
        if isinstance(row, dict):
            yield row


def _item_of(
    benchmark: Benchmark, row: Mapping[str, Any], place: str, folders: list[Path], hint: str
) -> Item | None:
    lowered = {name.lower(): value for name, value in row.items()}
    code = next((text for name in benchmark.code if (text := _text(lowered.get(name.lower())))), None)
    image = next(
        (data for name in benchmark.images if (data := _image(lowered.get(name.lower()), folders))), None
    )
    if code is None and image is None:
        return None
    named = next((str(lowered[name.lower()]) for name in benchmark.ids if lowered.get(name.lower())), "")
    language = benchmark.language or _language(hint, str(lowered.get("language") or ""), code)
    return Item(f"{place} {named}".strip(), language, code, image)


def _text(value: Any) -> str | None:
    """Code as text, or inside the answer of a conversation or an instruction."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("output", "answer", "code", "value") if name in value), None)
    if not isinstance(value, str) or not value.strip():
        return None
    fenced = re.search(r"```[\w+-]*\n(.*?)```", value, re.DOTALL)
    return fenced.group(1) if fenced else value


def _image(value: Any, folders: list[Path]) -> bytes | None:
    """Bytes as they are, the hub's {bytes, path}, or a path below one of the folders."""
    if isinstance(value, list | tuple) and value:
        return _image(value[0], folders)
    if isinstance(value, dict):
        return _image(value.get("bytes"), folders) or _image(value.get("path"), folders)
    if isinstance(value, bytes):
        return value or None
    if not isinstance(value, str) or not value or len(value) > 1_000 or "\n" in value:
        return None
    for folder in folders:
        for name in (value, *(f"{value}{suffix}" for suffix in _PICTURES)):
            for path in (folder / name.lstrip("./"), folder / "images" / name.lstrip("./")):
                if path.suffix.lower() in _PICTURES and path.is_file():
                    return path.read_bytes()
    return None


def _language(*hints: str | None) -> str:
    """The language that a path, a configuration or a column names; else what the code looks like."""
    *names, code = hints
    for name in names:
        for word in re.split(r"[/_.:\s]+", (name or "").lower()):
            if word in _LANGUAGE_NAMES:
                return _LANGUAGE_NAMES[word]
    head = (code or "").lstrip()[:2_000].lower()
    if head.startswith("<svg") or ("<svg" in head and "<html" not in head):
        return Language.SVG.value
    if head.startswith("<"):
        return Language.HTML.value
    return Language.LATEX.value if "\\" in head and "import " not in head else Language.PYTHON.value


def _from_pairs(benchmark: Benchmark, root: Path, files: list[Path]) -> Iterator[Item]:
    """Join files of code and pictures that have one name but for suffix and words of their role."""
    names = LANGUAGE_OF_SUFFIX
    codes: dict[str, Path] = {}
    pictures: dict[str, Path] = {}
    for file in files:
        suffix = file.suffix.lower()
        key = _item_name(file.relative_to(root))
        if suffix in _PICTURES:
            pictures.setdefault(key, file)
        elif suffix in names or (suffix == ".txt" and "code" in file.as_posix().lower()):
            codes.setdefault(key, file)
    for key in sorted({*codes, *pictures}):
        code_file, picture = codes.get(key), pictures.get(key)
        code = code_file.read_text("utf-8", errors="replace") if code_file else None
        suffix = code_file.suffix.lower() if code_file else ""
        language = benchmark.language or (names[suffix] if suffix in names else _language(key, code))
        yield Item(key, language, code, picture.read_bytes() if picture else None)


def _item_name(relative: Path) -> str:
    folders = [part for part in relative.parts[:-1] if part.lower() not in _ROLE_FOLDERS]
    stem = _ROLE_WORDS.sub("", relative.stem) or relative.stem
    return "/".join((*folders, stem))


def _from_hub(chosen: ChosenBenchmark) -> Iterator[Item]:
    from datasets import Image, load_dataset

    benchmark = chosen.benchmark
    for hub_id in chosen.hub:
        for configuration in benchmark.configurations or (None,):
            try:
                rows = load_dataset(hub_id, configuration, split=benchmark.split)
            except Exception as error:  # the library raises dozens of types for 'not there'
                raise BenchmarkError(
                    f"benchmark {benchmark.name}: {hub_id} cannot be loaded "
                    f"({type(error).__name__}: {error}); download it and give {benchmark.name}=FOLDER"
                ) from error
            for name, feature in rows.features.items():
                if isinstance(feature, Image):
                    rows = rows.cast_column(name, Image(decode=False))
            place = "/".join(part for part in (hub_id, configuration) if part)
            for number, row in enumerate(rows):
                item = _item_of(benchmark, row, f"{place}:{number}", [], configuration or "")
                if item is not None:
                    yield item
