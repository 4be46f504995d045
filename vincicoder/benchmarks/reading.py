"""Reads a benchmark's items from where it lies: a folder or file in a published layout, or the hub.

Tables: Parquet, JSON lines, JSON or TSV, with code and pictures in columns. Folders without: files of code
and pictures of one name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from vincicoder.benchmarks.benchmark import Benchmark, BenchmarkError, Found, Item
from vincicoder.benchmarks.cells import code_of, first, id_of, image_of, request_of
from vincicoder.benchmarks.choose import ChosenBenchmark
from vincicoder.benchmarks.languages import language_of
from vincicoder.benchmarks.pairs import file_pairs
from vincicoder.benchmarks.tables import rows_of

_CODE = ("code", "text")
_IMAGES = ("image", "images", "img", "image_path", "file_name")
_IDS = ("id", "sample_id", "uuid", "index", "filename", "file_id", "image_path", "file_name", "url")
_SHARD = re.compile(r"-\d+(-of-\d+)?$")


def read_items(chosen: ChosenBenchmark) -> Iterator[Item]:
    """Yield the items of a benchmark in a fixed order; an id that comes again gets a number.

    Raises `BenchmarkError` where nothing that can be read is found, or the hub cannot be reached.
    """
    seen: Counter[str] = Counter()
    for item in _wanted(chosen):
        seen[item.item] += 1
        yield item if seen[item.item] == 1 else replace(item, item=f"{item.item}#{seen[item.item]}")
    if not seen:
        benchmark = chosen.benchmark
        columns = ", ".join((*benchmark.code, *_CODE, *benchmark.images, *_IMAGES))
        raise BenchmarkError(
            f"benchmark {chosen.name}: no item in {chosen.path or ', '.join(chosen.hub)}. Allowed are tables "
            f"({', '.join(benchmark.tables)}) with a column of {columns}"
            + ("; or files of code and pictures of one name" if benchmark.has_pairs else "")
            + ". Unpack archives first"
        )


def content_digest(chosen: ChosenBenchmark) -> str:
    """Return a sha256 over names and content of all its files: what an index of it depends on.

    What comes from the hub is named by its ids, as the hub keeps revisions of its own.
    """
    digest = hashlib.sha256(chosen.name.encode())
    if chosen.path is None:
        digest.update("\0".join(("hub", *chosen.hub)).encode())
        return digest.hexdigest()
    for file in _files(chosen.path):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").digest()
        digest.update(file.relative_to(chosen.path.parent).as_posix().encode() + b"\0" + content)
    return digest.hexdigest()


def _wanted(chosen: ChosenBenchmark) -> Iterator[Item]:
    for item in _from_hub(chosen) if chosen.path is None else _from_files(chosen.benchmark, chosen.path):
        if (item.code is None and item.image is None) or (chosen.group and item.group != chosen.group):
            continue
        if chosen.group or item.group not in chosen.benchmark.aside:
            yield item


def _files(path: Path) -> list[Path]:
    """All files in order of their relative path; what a hub's client keeps for itself left out."""
    if path.is_file():
        return [path]
    found = [file for file in path.rglob("*") if file.is_file()]
    kept = [file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    return sorted(kept, key=lambda file: file.relative_to(path).as_posix())


def _from_files(benchmark: Benchmark, path: Path) -> Iterator[Item]:
    root = path if path.is_dir() else path.parent
    files = _files(path)
    found = False
    for file in files:
        if any(fnmatch(file.name.lower(), pattern) for pattern in benchmark.tables):
            relative = file.relative_to(root).with_suffix("").as_posix()
            for number, row in enumerate(rows_of(benchmark.name, file)):
                item = _of_row(
                    benchmark, row, [file.parent, root], f"{root.name}/{relative}", f"{relative}:{number}"
                )
                if item is not None:
                    found = True
                    yield item
    if not found and benchmark.has_pairs:
        yield from _of_pairs(benchmark, root, files)


def _of_pairs(benchmark: Benchmark, root: Path, files: list[Path]) -> Iterator[Item]:
    for pair in file_pairs(root, files):
        place = f"{root.name}/{pair.key}"
        code = pair.code.read_text("utf-8", errors="replace") if pair.code else None
        group = _group(benchmark, place, {})
        item = Item(
            item=f"{group}/{pair.key.rpartition('/')[2]}" if group else pair.key,
            language=benchmark.language or pair.language or language_of(pair.key, code),
            domain=benchmark.domain,
            code=code,
            image=pair.picture.read_bytes() if pair.picture else None,
            group=group,
        )
        finished = benchmark.finish(item, Found({}, (pair.code or pair.picture or root).parent, place))
        if finished is not None:
            yield finished


def _of_row(
    benchmark: Benchmark, row: Mapping[str, Any], folders: list[Path], place: str, unnamed: str
) -> Item | None:
    lowered = {str(name).strip().lower(): value for name, value in row.items()}
    code = code_of(lowered, (*benchmark.code, *_CODE), folders)
    image = image_of(lowered, (*benchmark.images, *_IMAGES), folders)
    shown = image_of(lowered, benchmark.shown, folders)
    group = _group(benchmark, place, lowered)
    own = id_of(lowered, (*benchmark.ids, *_IDS)) or unnamed
    item = Item(
        item=f"{group}/{own}" if group and own != unnamed else own,
        language=benchmark.language or language_of(place, str(lowered.get("language") or ""), code),
        domain=benchmark.domain,
        code=code,
        image=image,
        group=group,
        difficulty=str(first(lowered, benchmark.difficulty) or "").lower(),
        chart_type=str(first(lowered, benchmark.chart_type) or ""),
        request=request_of(lowered, benchmark.request, folders),
        shown=() if shown is None else (shown,),
    )
    finished = benchmark.finish(item, Found(lowered, folders[0] if folders else None, place))
    return finished if finished is not None and (finished.code or finished.image) else None


def _group(benchmark: Benchmark, place: str, row: Mapping[str, Any]) -> str:
    """The part of the benchmark that a column `split`, or the innermost name of the place, says it is in."""
    names = {group.lower(): group for group in benchmark.groups}
    said = names.get(str(row.get("split") or "").lower().replace("-", "_"))
    parts = [names.get(_SHARD.sub("", part).lower()) for part in place.split("/")]
    return said or next((part for part in reversed(parts) if part), "")


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
                item = _of_row(benchmark, row, [], place, f"{place}:{number}")
                if item is not None:
                    yield item
