"""Collect: read one shard of a source into samples."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.data_files import keep_data_files, missing_data_files
from storage.outputs import read_output
from storage.schemas import CLEANED_SCHEMA, DATA_FILES_TYPE, SAMPLE_SCHEMA, SOURCE_IMAGES_SCHEMA
from tasks.stage import StageName, StageTables, run_stage, split_rejected
from vincicoder.collect import to_sample
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.counts import forget_count
from vincicoder.sources.data_folder import WithData
from vincicoder.sources.profiles import read_positions

if TYPE_CHECKING:
    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.sample import Rejection, Sample
    from vincicoder.sources.base import Source

logger = logging.getLogger("vincicoder")

STAGE = StageName("collect", 5)


@dataclass(frozen=True, slots=True)
class CollectShard:
    """The rows of a source that make one shard: increasing positions in its order."""

    positions: Sequence[int]

    def describe(self) -> dict[str, Any]:
        """Return what identifies the shard, short enough for a marker file."""
        listed = ",".join(map(str, self.positions)).encode()
        return {
            "first": self.positions[0],
            "last": self.positions[-1],
            "rows": len(self.positions),
            "positions_sha256": hashlib.sha256(listed).hexdigest(),
        }


@task(**STAGE.shard_task)
def collect_shard(
    home: Home, source: str, shard: int, corpus: Source, part: CollectShard, max_code_bytes: int
) -> StageOutput:
    """Read the rows of one shard. The key holds the corpus's revision, so new content is read again.

    Column `data_files` lists the files that the code reads, which are kept in the home. Column `changes` says
    what the source did to the code, or could not find of the row. The extra table `source_images` holds the
    corpus's own picture of each kept row that has one.
    """
    revision = corpus.revision()
    parameters = {
        "source": source,
        "revision": revision,
        "license": corpus.info.license,
        "part": part.describe(),
        "max_code_bytes": max_code_bytes,
    }

    def compute(_key: str) -> StageTables:
        samples: list[Sample] = []
        rejections: dict[int, Rejection] = {}
        changes: list[list[str]] = []
        data_files: list[list[dict[str, Any]]] = []
        images: list[dict[str, str | bytes]] = []
        for raw in read_positions(corpus, part.positions):
            sample, rejection = to_sample(raw, corpus.info, revision, max_code_bytes)
            if rejection is not None:
                rejections[len(samples)] = rejection
            elif raw.image is not None:
                images.append({"sample_id": sample.sample_id, "image": raw.image})
            samples.append(sample)
            changes.append(list(raw.changes))
            data_files.append(keep_data_files(home, raw.data if rejection is None else ()))
        if len(samples) != len(part.positions):
            forget_count(corpus)
            raise SourceUnavailableError(
                f"source {source} gave {len(samples)} of the {len(part.positions)} rows that were counted: "
                "files of it are gone, or others than before. Run again, and they are counted anew"
            )
        table = pa.Table.from_pylist([asdict(sample) for sample in samples], SAMPLE_SCHEMA)
        table = table.append_column(CLEANED_SCHEMA.field("data_files"), pa.array(data_files, DATA_FILES_TYPE))
        table = table.append_column(CLEANED_SCHEMA.field("changes"), pa.array(changes, pa.list_(pa.string())))
        _log_changes(source, shard, changes)
        split = split_rejected(STAGE, table, rejections)
        if not images:
            return split
        return replace(split, extra={"source_images": pa.Table.from_pylist(images, SOURCE_IMAGES_SCHEMA)})

    output = run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters=parameters,
        inputs=(),
        rows_in=len(part.positions),
        compute=compute,
    )
    if isinstance(corpus, WithData):
        _keep_what_is_gone(home, output, corpus, part)
    return output


def _keep_what_is_gone(home: Home, output: StageOutput, corpus: Source, part: CollectShard) -> None:
    """Write again the data files of a shard that somebody has removed from the home."""
    if not output.rows_kept:
        return
    listed = read_output(home, output, columns=["data_files"])["data_files"].to_pylist()
    if missing_data_files(home, [file for files in listed for file in files]):
        for raw in read_positions(corpus, part.positions):
            keep_data_files(home, raw.data)


def _log_changes(source: str, shard: int, changes: Sequence[Sequence[str]]) -> None:
    """Say how many rows lack a picture that they name, with the first of them."""
    for kind in ("own picture not found", "own picture cannot be read"):
        found = [change for row in changes for change in row if change.startswith(f"collect: {kind}")]
        if found:
            logger.warning(
                "%s %04d: %d rows: %s", source, shard, len(found), found[0].removeprefix("collect: ")
            )
