"""Verifies the rows of an RL release: pictures, references, prompts, leakage between splits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from storage.home import open_local_parquet
from storage.outputs import file_sha256
from storage.rl_release import RL_SCHEMA, reference_path
from vincicoder.compose import IMAGE_TAG
from vincicoder.select.layouts import answer_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROWS_AT_A_TIME = 256


def rl_problems(folder: Path, path: Path, split: str, seen: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (kind, problem) of one data file. `seen` holds the split of each sample id and picture so far."""
    with open_local_parquet(path) as file:
        if not file.schema_arrow.equals(RL_SCHEMA, check_metadata=False):
            yield "schema", f"{path.name} does not have the columns of this version"
            return
        for batch in file.iter_batches(_ROWS_AT_A_TIME, use_threads=False):
            for row in batch.to_pylist():
                for kind, problem in _row_problems(folder, row, split, seen):
                    yield kind, f"{row['sample_id']}: {problem}"


def _row_problems(
    folder: Path, row: dict[str, Any], split: str, seen: dict[str, str]
) -> Iterator[tuple[str, str]]:
    if row["sample_id"] in seen:
        yield "ids", "is there twice"
    seen[row["sample_id"]] = split
    digest = row["reference_sha256"]
    if seen.setdefault(digest, split) != split:
        yield "leakage", f"its picture is in {seen[digest]} and in {split}"
    if [hashlib.sha256(image["bytes"]).hexdigest() for image in row["images"]] != [digest]:
        yield "pictures", "its picture is not the one that reference_sha256 names"
    reference = folder / reference_path(digest)
    if not reference.is_file():
        yield "references", f"{reference_path(digest)} is missing"
    elif file_sha256(reference) != digest:
        yield "references", f"{reference_path(digest)} is not what was published"
    if row["extra_info"]["split"] != split:
        yield "counts", f"its extra_info says {row['extra_info']['split']}, its file {split}"
    prompts = [row["problem"], *(turn[0]["content"] for turn in (row["prompt"], row["messages"]))]
    if len(set(prompts)) != 1 or row["problem"].count(IMAGE_TAG) != 1:
        yield "prompts", f"its prompts must be the same, with {IMAGE_TAG} once"
    code = row["reward_model"]["ground_truth"]
    if row["answer"] not in (
        answer_of(row["extra_info"], code),
        code,
    ):  # an earlier version had the code alone
        yield "answers", "its answer does not hold its ground truth"
