"""A signal of a release's quality: on which of its SVG pictures librsvg and CairoSVG disagree."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.dataset as ds

from storage.manifest import load_manifest
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.languages.svg.agreement import FAST, REFERENCE, SvgAgreement, svg_agreement
from vincicoder.render.languages.svg.backends import has_librsvg
from vincicoder.render.registry import why_unsupported
from vincicoder.sample import InfrastructureError, Language, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReleaseAgreement:
    """What was found in a share of a release's SVG rows.

    `drawn` is sample by sample, in the order of their ids; `median_difference` (of 255) is None where no
    picture was drawn by both.
    """

    rows: int
    drawn: list[SvgAgreement]

    @property
    def doubtful(self) -> list[SvgAgreement]:
        """Those whose two pictures differ, or of which one is lacking."""
        return [each for each in self.drawn if each.doubtful]

    @property
    def median_difference(self) -> float | None:
        """The middle one of the differences."""
        found = [each.mean_difference for each in self.drawn if each.mean_difference is not None]
        return statistics.median(found) if found else None


def measure_agreement(folder: Path, samples: int, require_sandbox: bool = False) -> ReleaseAgreement:
    """Draw up to `samples` of a release's SVG programs with both renderers, about 20 ms of CPU each.

    They are taken at equal distances in the order of their ids, which come from content: always the same
    ones. The ids and the programs chosen are in memory. Raises FileNotFoundError where there is no manifest,
    InfrastructureError where one of the renderers is not installed, or fails through no fault of the program.
    """
    problem = why_unsupported(FAST) or why_unsupported(REFERENCE)
    if problem or not has_librsvg():
        raise InfrastructureError(problem or "librsvg is not installed (Debian: apt-get install librsvg2-2)")
    folder = folder.resolve()  # `current` may be switched while this reads
    manifest = load_manifest(folder)
    data = ds.dataset([folder / file.path for file in manifest.data_files])
    svg = (pc.field("language") == Language.SVG.value) & (pc.field("task") == Task.DIRECT.value)
    ids = sorted(data.to_table(columns=["sample_id"], filter=svg)["sample_id"].to_pylist())
    count = min(samples, len(ids))
    chosen = [ids[number * len(ids) // count] for number in range(count)]

    def requests() -> Iterator[RenderRequest]:
        wanted = svg & pc.field("sample_id").isin(chosen)
        for batch in data.to_batches(columns=["sample_id", "code"], filter=wanted):
            for row in batch.to_pylist():
                yield RenderRequest(row["sample_id"], Language.SVG.value, row["code"])

    with RenderEngine(output="pixels", measure=False, require_sandbox=require_sandbox) as engine:
        found = sorted(svg_agreement(engine, requests()), key=lambda each: each.request_id)
    failed = [each.detail for each in found if each.failed]
    if failed:
        raise InfrastructureError(f"{len(failed)} pictures could not be drawn: {failed[0]}")
    return ReleaseAgreement(len(ids), found)
