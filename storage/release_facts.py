"""What training needs to know of a release: its version, its files, its longest rows, whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.audit import wrong_files
from storage.home import Home
from storage.release import current_version, read_manifest
from storage.release_copy import local_release
from storage.whole_file import write_parquet
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.manifest import Kind

# The columns that make a row's text, by kind of release.
_TEXT_COLUMNS = {"sft": "messages", "rl": "prompt"}


class ReleaseNotFoundError(UserError):
    """There is no such release in this home."""


def resolve_version(home: Home, kind: Kind, version: str) -> str:
    """Return the version that is meant by a name or by `current`. Raises ReleaseNotFoundError."""
    found = current_version(home, kind) if version == "current" else version
    if found is not None and read_manifest(home, kind, found) is not None:
        return found
    known = [name for name in home.list_names(f"releases/{kind}") if name != "current"]
    build = "vincicoder build " + kind
    raise ReleaseNotFoundError(
        f"received release {version!r}; the {kind} releases in {home.uri} are: "
        f"{', '.join(known) or 'none yet'}. `{build} --home {home.uri}` makes one"
    )


def data_files(home: Home, kind: Kind, version: str, split: str) -> list[Path]:
    """Return the Parquet files of a split, in order; empty where the release has no such split."""
    folder = local_release(home, kind, version) / "data"
    return sorted(folder.glob(f"{split}-*.parquet"))


def file_problems(home: Home, kind: Kind, version: str) -> list[str]:
    """Compare every file that the manifest lists with its hash; empty when all is as it was published.

    Of a release on an object store this looks at the local copy, which is what is read afterwards.
    """
    manifest = read_manifest(home, kind, version)
    if manifest is None:
        return [f"release {version} has no manifest.json"]
    return wrong_files(Home(str(local_release(home, kind, version))), manifest.files)


def count_rows(home: Home, kind: Kind, version: str) -> int:
    """Return the rows of all splits, as the manifest says."""
    manifest = read_manifest(home, kind, version)
    return sum(manifest.rows.values()) if manifest else 0


def count_in(paths: Iterable[Path]) -> int:
    """Return the rows of some Parquet files."""
    return sum(pq.read_metadata(path).num_rows for path in paths)


def longest_rows(kind: str, paths: Iterable[Path], count: int) -> list[dict[str, Any]]:
    """Return the rows with the most characters, longest first: `sample_id`, `text`, `width`, `height`.

    Reads a row group at a time, and no images.
    """
    column = _TEXT_COLUMNS[kind]
    found: list[dict[str, Any]] = []
    for path in paths:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                rows = file.read_row_group(
                    group,
                    columns=["sample_id", column, "image_width", "image_height"],
                    use_threads=False,
                ).to_pylist()
                found += [
                    {
                        "sample_id": row["sample_id"],
                        "text": _text(row[column]),
                        "width": row["image_width"],
                        "height": row["image_height"],
                    }
                    for row in rows
                ]
                found.sort(key=lambda row: (-len(row["text"]), row["sample_id"]))
                del found[count:]
    return found


def rl_truths(paths: Iterable[Path]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row of an RL release by its ground truth: `sample_id`, `domain`, `language`,
    `reference_sha256`, `stack` ('' for today's), `data` ('' for none). A row group is read at a time."""
    names = ["sample_id", "domain", "language", "reference_sha256", "stack", "data", "reward_model"]
    for path in paths:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                present = [name for name in names if name in file.schema_arrow.names]
                rows = file.read_row_group(group, columns=present, use_threads=False)
                for row in rows.to_pylist():
                    truth = row.pop("reward_model")["ground_truth"]
                    yield truth, {**row, "stack": row.get("stack") or "", "data": row.get("data") or ""}


def write_part(
    kind: str, paths: Iterable[Path], target: Path, limit: int | None, max_characters: int | None
) -> int:
    """Copy the first `limit` rows of at most `max_characters` of text into one file; return how many.

    The file appears whole or not at all. Reads a row group at a time.
    """
    return write_parquet(target, _fitting(paths, _TEXT_COLUMNS[kind], limit, max_characters))


def _fitting(
    paths: Iterable[Path], column: str, limit: int | None, max_characters: int | None
) -> Iterator[pa.Table]:
    left = limit
    for path in paths:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                if left == 0:
                    return
                table = file.read_row_group(group, use_threads=False)
                lengths = [len(_text(messages)) for messages in table[column].to_pylist()]
                fitting = [
                    row
                    for row, length in enumerate(lengths)
                    if max_characters is None or length <= max_characters
                ][:left]
                left = None if left is None else left - len(fitting)
                yield table.take(pa.array(fitting, pa.int64()))


def _text(messages: list[dict[str, str]]) -> str:
    return "\n".join(message["content"] for message in messages)
