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
from vincicoder.evaluate.programs import program_of
from vincicoder.render import RenderRequest, RenderStatus, fingerprint
from vincicoder.render.registry import why_unsupported
from vincicoder.sample import InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.home import Home
    from storage.outputs import StageOutput
    from tasks.stage import StageTables
    from vincicoder.render import RenderLimits

REFERENCES = StageName("draw_references", 1)
ANSWERS = StageName("draw_answers", 1)


@dataclass(frozen=True, slots=True)
class DrawingSettings:
    """How programs are drawn: bounds on each, how many at once, and whether a missing layer of the sandbox is
    an error."""

    limits: RenderLimits
    workers: int
    require_sandbox: bool


@task(**REFERENCES.shard_task)
def draw_references(
    home: Home, source: str, shard: int, items: StageOutput, settings: DrawingSettings
) -> StageOutput:
    """Draw the reference programs of items that bring no picture."""
    table = read_output(home, items)
    fingerprints = fingerprints_of(table)

    def compute(_key: str) -> StageTables:
        programs: dict[int, tuple[str, str]] = {}
        rows: list[dict[str, Any]] = []
        for number, row in enumerate(table.to_pylist()):
            problem = "" if row["item_image"] is None else _unreadable(row["item_image"])
            rows.append(_nothing(row["item_id"], "reference.unreadable" if problem else "", problem))
            if row["item_image"] is not None and not problem:
                continue
            if row["reference_code"] is not None:
                programs[number] = (row["language"], row["reference_code"])
            elif not problem:
                rows[number]["reason"] = "reference.missing"
        for number, drawn in _draw(home, programs, settings).items():
            rows[number] |= drawn
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
    languages = read_output(home, items, columns=["language"])
    fingerprints = fingerprints_of(languages)

    def compute(_key: str) -> StageTables:
        programs: dict[int, tuple[str, str]] = {}
        rows: list[dict[str, Any]] = []
        answered = read_output(home, answers).to_pylist()
        for number, (row, language) in enumerate(
            zip(answered, languages["language"].to_pylist(), strict=True)
        ):
            program = program_of(row["answer"], language)
            rows.append({**_nothing(row["item_id"], program.reason, program.detail), "code": program.code})
            if program.code is not None:
                programs[number] = (language, program.code)
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


def fingerprints_of(items: pa.Table) -> dict[str, str]:
    """Return the renderers' fingerprints by language; empty for one that cannot be drawn here, whose items
    are drawn again once it can."""
    return {
        language: "" if why_unsupported(language) else fingerprint(language)
        for language in sorted(set(items["language"].to_pylist()))
    }


def _draw(
    home: Home, programs: Mapping[int, tuple[str, str]], settings: DrawingSettings
) -> dict[int, dict[str, Any]]:
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
    for result in engine.render(requests):
        if result.status is RenderStatus.FAILED:
            failures.append(result.detail)
        found[int(result.request_id)] = {
            "reason": result.reason.value if result.reason else "",
            "detail": result.detail,
            "image": result.png,
            "fingerprint": result.fingerprint,
        }
    if failures:
        raise InfrastructureError(
            f"{len(failures)} programs failed through no fault of theirs: {failures[:3]}"
        )
    return found


def _nothing(item_id: str, reason: str, detail: str) -> dict[str, Any]:
    return {"item_id": item_id, "reason": reason, "detail": detail, "fingerprint": ""}


def _unreadable(image: bytes) -> str:
    """Return why a benchmark's picture cannot be used, or '' where it can."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            opened.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return f"the item's picture cannot be read: {type(error).__name__}: {error}"
    return ""
