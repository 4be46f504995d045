"""Draw the references that need it, and the answers: both are strangers' programs, run in the sandbox."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from PIL import Image
from prefect import task

from storage.evaluation import DRAWN_SCHEMA, REFERENCE_SCHEMA
from storage.outputs import read_output
from tasks.evaluation.rows import all_kept
from tasks.sft.engine import shared_engine
from tasks.stage import StageName, run_stage, stop_if_asked
from vincicoder.data_files import unpack_data
from vincicoder.evaluate.programs import program_of
from vincicoder.render import RenderRequest, RenderStatus, fingerprint
from vincicoder.render.on_stacks import render_on_stacks, usable_stacks
from vincicoder.render.registry import language_on, stacks_of, why_unsupported
from vincicoder.sample import DataFile, Domain, InfrastructureError, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.home import Home
    from storage.outputs import StageOutput
    from tasks.stage import StageTables
    from vincicoder.render import RenderLimits

REFERENCES = StageName("draw_references", 6)
ANSWERS = StageName("draw_answers", 5)

# A renderer, code, whether its drawing is recorded, and the files that it may read.
_Drawn = tuple[str, str, bool, tuple[DataFile, ...]]


@dataclass(frozen=True, slots=True)
class DrawingSettings:
    """How programs are drawn: bounds on each, how many at once, whether a missing layer of the sandbox is an
    error, and on which stack first ('' is that of the item)."""

    limits: RenderLimits
    workers: int
    require_sandbox: bool
    stack: str = ""

    def renderer(self, language: str, stack: str) -> str:
        """Return the name of what draws a program of an item first."""
        return language_on(language, self.stack if self.stack in stacks_of(language) else stack)


@task(**REFERENCES.shard_task)
def draw_references(
    home: Home, source: str, shard: int, items: StageOutput, settings: DrawingSettings
) -> StageOutput:
    """Draw the reference programs of items that bring no picture, and of those whose drawing is compared call
    by call."""
    table = read_output(home, items)
    fingerprints = fingerprints_of(table, settings)

    def compute(_key: str) -> StageTables:
        programs: dict[int, _Drawn] = {}
        rows: list[dict[str, Any]] = []
        shown = set()  # the items whose own picture can be the reference
        redrawn = set()  # the items whose code draws the reference, where it can
        for number, row in enumerate(table.to_pylist()):
            problem = "" if row["item_image"] is None else _unreadable(row["item_image"])
            rows.append(_nothing(row["item_id"], "reference.unreadable" if problem else "", problem))
            if row["item_image"] is not None and not problem:
                shown.add(number)
            traced = _is_traced(row["language"], row["domain"])
            wanted = traced or row["is_redrawn"] or number not in shown
            if row["reference_code"] is not None and wanted:
                if row["is_redrawn"]:
                    redrawn.add(number)
                renderer = settings.renderer(row["language"], row["stack"])
                programs[number] = (renderer, row["reference_code"], traced, unpack_data(row["data"]))
            elif row["reference_code"] is None and row["item_image"] is None:
                rows[number]["reason"] = "reference.missing"
        for number, drawn in _draw(home, programs, settings).items():
            rows[number] |= _reference(drawn, number in shown, number in redrawn)
        return all_kept(pa.Table.from_pylist(rows, REFERENCE_SCHEMA))

    return run_stage(
        home,
        REFERENCES,
        source=source,
        shard=shard,
        parameters={"fingerprints": fingerprints, "limits": asdict(settings.limits)},
        inputs=[items],
        rows_in=items.rows_kept,
        compute=compute,
    )


@task(**ANSWERS.shard_task)
def draw_answers(
    home: Home,
    source: str,
    shard: int,
    items: StageOutput,
    answers: StageOutput,
    settings: DrawingSettings,
) -> StageOutput:
    """Take the program out of every answer and draw it."""
    asked = read_output(home, items, columns=["language", "domain", "stack", "data"])
    fingerprints = fingerprints_of(asked, settings)

    def compute(_key: str) -> StageTables:
        programs: dict[int, _Drawn] = {}
        rows: list[dict[str, Any]] = []
        answered = read_output(home, answers).to_pylist()
        for number, (row, item) in enumerate(zip(answered, asked.to_pylist(), strict=True)):
            program = program_of(row["answer"], item["language"])
            rows.append({**_nothing(row["item_id"], program.reason, program.detail), "code": program.code})
            if program.code is not None:
                traced = _is_traced(item["language"], item["domain"])
                renderer = settings.renderer(item["language"], item["stack"])
                programs[number] = (renderer, program.code, traced, unpack_data(item["data"]))
        for number, drawn in _draw(home, programs, settings).items():
            rows[number] |= drawn
        return all_kept(pa.Table.from_pylist(rows, DRAWN_SCHEMA))

    return run_stage(
        home,
        ANSWERS,
        source=source,
        shard=shard,
        parameters={"fingerprints": fingerprints, "limits": asdict(settings.limits)},
        inputs=[items, answers],
        rows_in=answers.rows_kept,
        compute=compute,
    )


def fingerprints_of(items: pa.Table, settings: DrawingSettings) -> dict[str, dict[str, str]]:
    """Return the renderers of the items, each with the fingerprints of those that may draw its programs, in
    the order they try; empty for one that cannot be drawn here, whose items are drawn again once it can."""
    rows = zip(items["language"].to_pylist(), items["stack"].to_pylist(), strict=True)
    first = {settings.renderer(language, stack) for language, stack in rows}
    return {renderer: _fingerprints(renderer) for renderer in sorted(first)}


def _fingerprints(renderer: str) -> dict[str, str]:
    names = [language_on(renderer, stack) for stack in usable_stacks(renderer)] or [renderer]
    return {name: fingerprint(name) for name in names if not why_unsupported(name)}


def _draw(home: Home, programs: Mapping[int, _Drawn], settings: DrawingSettings) -> dict[int, dict[str, Any]]:
    """Run programs by their numbers. Raises `InfrastructureError` where one fails through no fault of its
    own."""
    if not programs:
        return {}
    stop_if_asked(home)
    engine = shared_engine(
        settings.limits, workers=settings.workers, require_sandbox=settings.require_sandbox
    )
    found: dict[int, dict[str, Any]] = {}
    failures: list[str] = []
    requests = [RenderRequest(str(number), *program) for number, program in programs.items()]
    for drawn in render_on_stacks(engine, requests):
        result = drawn.result
        if result.status is RenderStatus.FAILED:
            failures.append(result.detail)
        found[int(result.request_id)] = {
            "reason": result.reason.value if result.reason else "",
            "detail": result.detail,
            "image": result.png,
            "trace": result.trace or None,
            "fingerprint": result.fingerprint,
            "stack": drawn.stack,
        }
    if failures:
        raise InfrastructureError(
            f"{len(failures)} programs failed through no fault of theirs: {failures[:3]}"
        )
    return found


def _reference(drawn: dict[str, Any], has_picture: bool, is_redrawn: bool) -> dict[str, Any]:
    """What is kept of a drawn reference: all, or beside a picture of its own what is wanted of it."""
    if not has_picture or (is_redrawn and drawn["image"] is not None):
        return drawn
    why = f"the published picture is compared with, as its code draws none here: {drawn['reason']}"
    return {"trace": drawn["trace"], **({"detail": f"{why}: {drawn['detail']}"} if is_redrawn else {})}


def _is_traced(language: str, domain: str) -> bool:
    """Whether there are metrics that compare what such programs call (see `metrics/chartmimic.py`)."""
    return (language, domain) == (Language.PYTHON, Domain.CHART)


def _nothing(item_id: str, reason: str, detail: str) -> dict[str, Any]:
    return {"item_id": item_id, "reason": reason, "detail": detail, "fingerprint": "", "stack": ""}


def _unreadable(image: bytes) -> str:
    """Return why a benchmark's picture cannot be used, or '' where it can."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            opened.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return f"the item's picture cannot be read: {type(error).__name__}: {error}"
    return ""
