"""Publish: copy the released images once into Parquet, write card, manifest, catalogue, and ask the gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from prefect import task

from storage.ahead import fetched_ahead, read_outputs
from storage.audit import require_invariants
from storage.card import ABOUT, render_card
from storage.catalog import write_catalog
from storage.column_notes import table_notes
from storage.croissant import croissant
from storage.data_files import data_file_path, read_data_files
from storage.manifest import SftManifest
from storage.outputs import output_key
from storage.release import (
    SPLITS,
    finish_release,
    release_folder,
    write_data,
    write_file,
)
from storage.release_check import note_published, remember_catalog, whole_release
from storage.renders import renders_files
from storage.schemas import RELEASE_SCHEMA
from tasks.gate import pass_gate
from tasks.sft.card_facts import card_facts, compared_counts, funnel_rows
from tasks.sft.sample_sheet import read_images, sample_sheet
from tasks.sft.verify import STAGE as VERIFY_STAGE
from tasks.sft.verify_source import thresholds_table
from tasks.stage import StageName
from vincicoder.compose import ReleaseRecipe, fenced
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from storage.catalog import BuildFacts, SourceEntry
    from storage.home import Home
    from storage.manifest import ReleaseFile
    from storage.outputs import StageOutput
    from vincicoder.gate import GateLimits

STAGE = StageName("publish", 8)

# Rows whose images are in memory at a time while copying.
_COPY_ROWS = 256


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """A release that is there now, and why it is not the current one; empty where it is."""

    version: str
    refused: list[str]


class NothingKeptError(UserError):
    """Every row of the build was rejected: there is nothing to release."""


@task(**STAGE.whole_task)
def publish_release(
    home: Home,
    stages: Sequence[Sequence[StageOutput]],
    sources: Sequence[SourceEntry],
    benchmarks: Sequence[Mapping[str, Any]],
    name: str,
    config: Mapping[str, Any],
    build: BuildFacts,
    recipe: ReleaseRecipe,
    gate: GateLimits | None,
) -> PublishedRelease:
    """Publish the kept rows of the last stage as an SFT release, and make it the current one.

    The version is `<name>-<key>`, where the key is a hash of all inputs, so publishing the same rows again
    finds the existing release. A damaged one is moved to `damaged/` and published again. It does not become
    the current one if it lost more against that one than `gate` allows; None lets every release pass.
    """
    composed = stages[-1]
    declared = [[entry.name, entry.license, entry.revision, entry.available] for entry in sources]
    key = output_key(
        STAGE.name, STAGE.version, {"name": name, "sources": declared}, [o.key for o in composed]
    )
    version = f"{name}-{key[:12]}"
    if whole_release(home, "sft", version) is not None:
        return PublishedRelease(version, pass_gate(home, "sft", version, gate))
    counts = {split: _count(home, composed, split) for split in SPLITS}
    if not sum(counts.values()):
        raise NothingKeptError(_why_nothing(home, stages))
    folder = release_folder("sft", version)
    stage_versions = " ".join(f"{outputs[0].stage}/{outputs[0].version}" for outputs in stages if outputs)
    created_by = f"vincicoder {config['vincicoder']}: {stage_versions} {STAGE}"
    files: list[ReleaseFile] = []
    for split, rows in counts.items():
        files += write_data(home, folder, split, _release_tables(home, composed, split, created_by), rows)
    files += _data_files(home, folder, composed)
    files.append(write_file(home, folder, "assets/samples.png", sample_sheet(home, composed)))
    verified = [output for outputs in stages for output in outputs if output.stage == VERIFY_STAGE.name]
    thresholds = thresholds_table(home, verified)
    facts = card_facts(
        home, stages, sources, benchmarks, thresholds.to_pylist(), version, counts, recipe, files
    )
    files.append(write_file(home, folder, "README.md", render_card(facts).encode()))
    licenses = {entry.license for entry in facts.sources if entry.released}
    described = croissant(
        f"VinciCoder SFT {version}", ABOUT, licenses, files, RELEASE_SCHEMA, table_notes()["images"].columns
    )
    files.append(write_file(home, folder, "croissant.json", described))
    with home.scratch_file(".duckdb") as scratch:
        data = home.local_path(f"{folder}/data") if home.is_local else None
        write_catalog(scratch, home, version, stages, facts.sources, benchmarks, thresholds, build, data)
        require_invariants(scratch)
        remember_catalog(home, version, scratch)
        home.install(scratch, f"{folder}/catalog.duckdb")
    funnel = [
        {"stage": row.stage, "in": row.rows_in, "made": row.rows_made, "kept": row.rows_kept}
        for row in facts.funnel
    ]
    manifest = SftManifest(
        version=version,
        created_by=created_by,
        config=dict(config),
        benchmarks_checked=tuple(sorted(row["name"] for row in benchmarks if row["checked"])),
        rows=counts,
        files=tuple(files),
        inputs={entry.name: entry.revision for entry in sources if entry.available},
        stage_outputs=tuple(output.key for output in composed),
        funnel=tuple(funnel),
        composition=tuple(asdict(row) for row in facts.composition),
        counts=compared_counts(facts),
    )
    finish_release(home, manifest)
    note_published(home, manifest)
    return PublishedRelease(version, pass_gate(home, "sft", version, gate))


def _data_files(home: Home, folder: str, composed: Sequence[StageOutput]) -> list[ReleaseFile]:
    """Copy the data files that the released programs read, each once."""
    listed: dict[str, dict[str, Any]] = {}
    for table in read_outputs(home, composed, columns=["data_files"]):
        for row in table["data_files"].to_pylist():
            listed.update({file["sha256"]: file for file in row})
    return [
        write_file(home, folder, data_file_path(sha256), read_data_files(home, [file])[0].content)
        for sha256, file in sorted(listed.items())
    ]


def _why_nothing(home: Home, stages: Sequence[Sequence[StageOutput]]) -> str:
    reasons: Counter[str] = Counter()
    for row in funnel_rows(home, stages):
        reasons.update(row.reasons)
    listed = ", ".join(f"{reason} ({rows:,})" for reason, rows in reasons.most_common(8))
    return (
        f"nothing is left to release: rows were rejected as {listed or 'nothing, as there were none'}. "
        "Where they were rejected wrongly, look at some with `vincicoder sources peek`"
    )


def _count(home: Home, composed: Sequence[StageOutput], split: str) -> int:
    return sum(
        pc.sum(pc.equal(table["split"], split)).as_py() or 0
        for table in read_outputs(home, composed, columns=["split"])
    )


def _release_tables(
    home: Home, composed: Sequence[StageOutput], split: str, created_by: str
) -> Iterator[pa.Table]:
    parts = (table.filter(pc.equal(table["split"], split)) for table in read_outputs(home, composed))
    for table in fetched_ahead(home, parts, partial(_picture_files, home)):
        for first in range(0, table.num_rows, _COPY_ROWS):
            yield _with_images(home, table.slice(first, _COPY_ROWS), created_by)


def _picture_files(home: Home, rows: pa.Table) -> list[str]:
    return renders_files(home, rows["render_output"].to_pylist())


def _with_images(home: Home, rows: pa.Table, created_by: str) -> pa.Table:
    images = read_images(home, rows)
    ids = rows["sample_id"].to_pylist()
    messages = [
        [
            {"role": "user", "content": instruction},
            {"role": "assistant", "content": fenced(language, code)},
        ]
        for instruction, language, code in zip(
            *(rows[name].to_pylist() for name in ("instruction", "language", "code")), strict=True
        )
    ]
    computed = {
        "image": [{"bytes": png, "path": f"{name}.png"} for name, png in zip(ids, images, strict=True)],
        "messages": messages,
        "created_by": [created_by] * rows.num_rows,
        "phash": rows["phash"].to_numpy().view(np.int64),
    }
    columns = []
    for field in RELEASE_SCHEMA:
        if field.name in computed:
            columns.append(pa.array(computed[field.name], field.type))
        elif field.name == "render_seconds" or field.name not in rows.column_names:
            columns.append(pa.nulls(rows.num_rows, field.type))
        else:
            columns.append(rows[field.name].cast(field.type))
    return pa.table(columns, RELEASE_SCHEMA)
