"""Verifies a release in its folder: files, counts, pictures, prompts, leakage between splits."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.audit import broken_in_catalog, wrong_files
from storage.home import Home, open_local_parquet
from storage.manifest import load_manifest
from storage.release_check import unreadable_tables
from storage.schemas import RELEASE_SCHEMA
from tasks.checks.verify_rl import rl_problems
from vincicoder.compose import IMAGE_TAG, fenced, has_media_tag, language_name
from vincicoder.sample import Task, code_sha256

if TYPE_CHECKING:
    from pathlib import Path

    from storage.manifest import Kind, RlManifest, SftManifest

# Problems of one kind that are listed; the rest are counted.
_LISTED = 5
_ROWS_AT_A_TIME = 256


@dataclass(slots=True)
class _Findings:
    """Problems by kind, and what each split holds: short digests, about 100 bytes a row."""

    problems: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    splits: dict[str, dict[bytes, str]] = field(
        default_factory=lambda: {"picture": {}, "answer": {}, "target": {}}
    )
    ids: set[bytes] = field(default_factory=set)
    rl_splits: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, problem: str) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        listed = self.problems.setdefault(kind, [])
        if len(listed) < _LISTED:
            listed.append(problem)

    def lines(self) -> list[str]:
        lines = []
        for kind, problems in self.problems.items():
            lines += [f"{kind}: {problem}" for problem in problems]
            if self.counts[kind] > len(problems):
                lines.append(f"{kind}: and {self.counts[kind] - len(problems)} more")
        return lines


def verify_release(folder: Path) -> list[str]:
    """Return what is wrong with an SFT or RL release, in words, each with its kind; empty when nothing is.

    The folder may be a copy anywhere. One batch of rows is in memory at a time. Raises
    FileNotFoundError where there is no manifest: then it is no release; ManifestError where it is damaged.
    """
    folder = folder.resolve()  # `current` may be switched while this reads
    manifest = load_manifest(folder)
    found = _Findings()
    for problem in wrong_files(Home(folder), manifest.files):
        found.add("files", problem)
    _check_listing(folder, manifest, found)
    for file in manifest.data_files:
        if (folder / file.path).is_file():
            _check_data(folder, folder / file.path, manifest.kind, found)
    if manifest.kind == "sft":
        _check_catalog(folder, manifest, found)
    return found.lines()


def _check_listing(folder: Path, manifest: SftManifest | RlManifest, found: _Findings) -> None:
    known = {file.path for file in manifest.files}
    for path in sorted((folder / "data").glob("*")):
        if f"data/{path.name}" not in known:
            found.add("files", f"data/{path.name} is not in the manifest")
    stated: dict[str, int] = dict.fromkeys(manifest.rows, 0)
    for file in manifest.data_files:
        split = file.path.removeprefix("data/").partition("-")[0]
        stated[split] = stated.get(split, 0) + (file.rows or 0)
    if stated != manifest.rows:
        found.add("counts", f"the files hold {stated} rows, the manifest says {manifest.rows}")


def _check_data(folder: Path, path: Path, kind: Kind, found: _Findings) -> None:
    split = path.name.partition("-")[0]
    try:
        if kind == "rl":
            for problem in rl_problems(folder, path, split, found.rl_splits):
                found.add(*problem)
            return
        with open_local_parquet(path) as file:
            if not file.schema_arrow.equals(RELEASE_SCHEMA, check_metadata=False):
                found.add("schema", f"{path.name} does not have the columns of this version")
                return
            for batch in file.iter_batches(_ROWS_AT_A_TIME, use_threads=False):
                for row in batch.to_pylist():
                    _check_row(row, split, found)
    except (OSError, ValueError) as error:  # Arrow's errors are of these two
        found.add("files", f"{path.name} cannot be read: {error}")


def _check_row(row: dict[str, Any], split: str, found: _Findings) -> None:
    name = row["sample_id"]
    key = bytes.fromhex(name)[:16]
    if key in found.ids:
        found.add("ids", f"{name} is there twice")
    found.ids.add(key)
    for problem in _picture_problems(row):
        found.add("pictures", f"{name}: {problem}")
    for problem in _prompt_problems(row):
        found.add("prompts", f"{name}: {problem}")
    if code_sha256(row["code"]) != row["code_sha256"]:
        found.add("answers", f"{name}: code_sha256 is not that of its code")
    for kind, value in (
        ("picture", row["image"]["bytes"] or b""),
        ("answer", row["code_sha256"].encode()),
        ("target", (row["target_id"] or name).encode()),
    ):
        digest = hashlib.sha256(value).digest()[:16]
        other = found.splits[kind].setdefault(digest, split)
        if other != split:
            found.add("leakage", f"{name}: its {kind} is in {other} and in {split}")


def _picture_problems(row: dict[str, Any]) -> list[str]:
    try:
        with Image.open(io.BytesIO(row["image"]["bytes"] or b"")) as image:
            image.load()
            size = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return [f"its picture does not decode: {error}"]
    stated = (row["image_width"], row["image_height"])
    return [] if size == stated else [f"its picture is {size}, stated {stated}"]


def _prompt_problems(row: dict[str, Any]) -> list[str]:
    problems = []
    messages = row["messages"]
    if [message["role"] for message in messages] != ["user", "assistant"]:
        return ["its messages are not one of the user and one of the assistant"]
    asked, answer = (message["content"] for message in messages)
    if asked != row["instruction"]:
        problems.append("the user's message is not the instruction")
    if (
        not asked.startswith(IMAGE_TAG)
        or has_media_tag(asked.removeprefix(IMAGE_TAG))
        or has_media_tag(answer)
    ):
        problems.append(f"{IMAGE_TAG} must be there once, at the start of the user's message")
    if answer != fenced(row["language"], row["code"]):
        problems.append("the assistant's message is not the code in a fence of its language")
    phrase, _, shown = asked.partition("\n\n`")
    if language_name(row["language"]) not in phrase:
        problems.append(f"the instruction does not name {language_name(row['language'])}")
    if row["task"] == Task.REFINE.value:
        if row["flawed_code"] is None or fenced(row["language"], row["flawed_code"]) != f"`{shown}":
            problems.append("the instruction does not end with the flawed code in a fence")
        elif row["flawed_code"].strip() == row["code"].strip():
            problems.append("its flawed code is the answer")
    elif row["flawed_code"] is not None:
        problems.append("a direct row has flawed code")
    return problems


def _check_catalog(folder: Path, manifest: SftManifest | RlManifest, found: _Findings) -> None:
    catalog = folder / "catalog.duckdb"
    if not catalog.is_file():
        found.add("catalogue", "catalog.duckdb is missing")
        return
    try:
        problems = broken_in_catalog(catalog, sum(manifest.rows.values())) + unreadable_tables(catalog)
    except Exception as error:  # DuckDB's errors have no common ground with others
        problems = [f"cannot be read: {type(error).__name__}: {error}"]
    for problem in problems:
        found.add("catalogue", problem)
