"""Draw the references that need it, and the answers: both are strangers' programs, run in the sandbox."""

from __future__ import annotations

import io
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
from PIL import Image
from prefect import task

from storage.evaluation import DRAWN_SCHEMA, REFERENCE_SCHEMA
from storage.outputs import read_output
from tasks.evaluation.rows import all_kept
from tasks.sft.engine import shared_engine
from tasks.stage import StageName, run_stage, stop_if_asked
from vincicoder.data_files import unpack_data
from vincicoder.evaluate.pair import Side
from vincicoder.evaluate.programs import program_of
from vincicoder.evaluate.text_blocks import (
    OFFSETS,
    PageBlocks,
    TextBlock,
    find_blocks,
    has_body,
    is_rewritten,
    prepared,
    recolored,
    write_blocks,
)
from vincicoder.picture_errors import why_unreadable
from vincicoder.render import Recording, RenderRequest, RenderStatus, fingerprint
from vincicoder.render.on_stacks import render_on_stacks, usable_stacks
from vincicoder.render.registry import language_on, stacks_of, why_unsupported
from vincicoder.sample import DataFile, Domain, InfrastructureError, Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from tasks.stage import StageTables
    from vincicoder.render import RenderLimits

_Program = tuple[str, str, Recording, tuple[DataFile, ...]]
"""A renderer's name, the code, whether what it calls is noted, and the files that it may read."""

_Drawn = tuple[int, str, int | None]
"""A page of an item: its number, in which form it is drawn, and what its colours are moved by."""

_Try = tuple[int, int]
"""An item's number, and which of its further tries."""

_Name = TypeVar("_Name", bound=Hashable)

REFERENCES = StageName("draw_references", 7)
ANSWERS = StageName("draw_answers", 7)


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
        programs: dict[int, _Program] = {}
        rows: list[dict[str, Any]] = []
        shown = set()  # the items whose own picture can be the reference
        redrawn = set()  # the items whose code draws the reference, where it can
        for number, row in enumerate(table.to_pylist()):
            problem = "" if row["item_image"] is None else _unreadable(row["item_image"])
            rows.append(_nothing(row["item_id"], "reference.unreadable" if problem else "", problem))
            if row["item_image"] is not None and not problem:
                shown.add(number)
            traced = _is_traced(row["language"], row["domain"])
            compared = traced or row["language"] == Language.HTML  # by more than the picture
            wanted = compared or row["is_redrawn"] or number not in shown
            if row["reference_code"] is not None and wanted:
                if row["is_redrawn"]:
                    redrawn.add(number)
                renderer = settings.renderer(row["language"], row["stack"])
                recording = _recording(traced, row["is_redrawn"] or number not in shown)
                programs[number] = (renderer, row["reference_code"], recording, unpack_data(row["data"]))
            elif row["reference_code"] is None and row["item_image"] is None:
                rows[number]["reason"] = "reference.missing"
        for number, drawn in _draw_with_texts(home, programs, settings, rewritten=False).items():
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
        programs: dict[int, _Program] = {}
        rows: list[dict[str, Any]] = []
        answered = read_output(home, answers).to_pylist()
        for number, (row, item) in enumerate(zip(answered, asked.to_pylist(), strict=True)):
            program = program_of(row["answer"], item["language"])
            rows.append({**_nothing(row["item_id"], program.reason, program.detail), "code": program.code})
            if program.code is not None:
                traced = _is_traced(item["language"], item["domain"])
                renderer = settings.renderer(item["language"], item["stack"])
                recording = _recording(traced, is_pictured=True)
                programs[number] = (renderer, program.code, recording, unpack_data(item["data"]))
        for number, drawn in _draw_with_texts(home, programs, settings, rewritten=True).items():
            rows[number] |= drawn
        more: dict[_Try, _Program] = {}
        for number, (row, item) in enumerate(zip(answered, asked.to_pylist(), strict=True)):
            renderer = settings.renderer(item["language"], item["stack"])
            for place, text in enumerate((row["tries"] or [])[1:]):
                further = program_of(text, item["language"])
                if further.code is not None:
                    more[number, place] = (renderer, further.code, Recording.NONE, unpack_data(item["data"]))
        _count_tries(rows, [row["tries"] for row in answered], _draw(home, more, settings))
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


def _count_tries(
    rows: Sequence[dict[str, Any]],
    tries: Sequence[list[str] | None],
    drawn: Mapping[_Try, Mapping[str, Any]],
) -> None:
    """Note in the rows of items that may have several tries how many there are, and what came of them."""
    pictures: dict[int, list[bytes]] = {}
    for (number, _), result in drawn.items():
        if result["image"] is not None:
            pictures.setdefault(number, []).append(result["image"])
    for number, (row, texts) in enumerate(zip(rows, tries, strict=True)):
        if texts is None:
            continue
        own = [row["image"]] if row.get("image") is not None else []
        found = [*own, *pictures.get(number, [])]
        row["tries"], row["tries_drawn"] = len(texts), len(found)
        row["tries_shown"] = sum(not Side(png=picture).is_blank for picture in found)


def fingerprints_of(items: pa.Table, settings: DrawingSettings) -> dict[str, dict[str, str]]:
    """Return the renderers of the items, each with the fingerprints of those that may draw its programs, in
    the order they try; empty for one that cannot be drawn here, whose items are drawn again once it can."""
    rows = zip(items["language"].to_pylist(), items["stack"].to_pylist(), strict=True)
    first = {settings.renderer(language, stack) for language, stack in rows}
    return {renderer: _fingerprints(renderer) for renderer in sorted(first)}


def _fingerprints(renderer: str) -> dict[str, str]:
    names = [language_on(renderer, stack) for stack in usable_stacks(renderer)] or [renderer]
    return {name: fingerprint(name) for name in names if not why_unsupported(name)}


def _draw_with_texts(
    home: Home, programs: Mapping[int, _Program], settings: DrawingSettings, rewritten: bool
) -> dict[int, dict[str, Any]]:
    """Run programs, and note of pages where their texts are (`vincicoder.evaluate.text_blocks`); of
    answers, which are `rewritten` where they are published, also as they are then.

    Raises as `_draw`.
    """
    found: dict[int, dict[str, Any]] = dict(_draw(home, programs, settings))
    pages = {
        number: programs[number][1]
        for number, drawn in found.items()
        if programs[number][0] == Language.HTML and drawn["image"] is not None
    }
    other = {number: prepared(page) for number, page in pages.items() if rewritten and is_rewritten(page)}
    more: dict[_Drawn, _Program] = {}
    for number, page in pages.items():
        more |= _recolored((number, "own"), programs[number], page)
    for number, page in other.items():
        more |= _recolored((number, "rewritten"), programs[number], page)
        more[number, "rewritten", None] = _page(programs[number], page)
    drawings = _draw(home, more, settings)

    def blocks_of(number: int, form: str, page: str, picture: bytes | None) -> tuple[TextBlock, ...]:
        pictures = [picture, *(drawings[number, form, offset]["image"] for offset in OFFSETS)]
        shown = [Side(page, png).pixels for png in pictures if png is not None]
        return find_blocks(page, shown[0], (shown[1], shown[2])) if len(shown) == 3 else ()

    for number, page in pages.items():
        whole = blocks_of(number, "own", page, found[number]["image"])
        published = whole if has_body(page) else ()
        if number in other:
            again = drawings[number, "rewritten", None]["image"]
            published = blocks_of(number, "rewritten", other[number], again)
        found[number]["trace"] = write_blocks(PageBlocks(whole, published))
    return found


def _recolored(form: tuple[int, str], program: _Program, page: str) -> dict[_Drawn, _Program]:
    return {(*form, offset): _page(program, recolored(page, offset)) for offset in OFFSETS}


def _page(program: _Program, page: str) -> _Program:
    """Return another page in a program's place, drawn as it is."""
    return (program[0], page, Recording.NONE, program[3])


def _draw(
    home: Home, programs: Mapping[_Name, _Program], settings: DrawingSettings
) -> dict[_Name, dict[str, Any]]:
    """Run programs by their names. Raises `InfrastructureError` where one fails through no fault of its
    own."""
    if not programs:
        return {}
    stop_if_asked(home)
    engine = shared_engine(
        settings.limits, workers=settings.workers, require_sandbox=settings.require_sandbox
    )
    found: dict[_Name, dict[str, Any]] = {}
    names = list(programs)
    failures: list[str] = []
    requests = [RenderRequest(str(number), *programs[name]) for number, name in enumerate(names)]
    for drawn in render_on_stacks(engine, requests):
        result = drawn.result
        if result.status is RenderStatus.FAILED:
            failures.append(result.detail)
        found[names[int(result.request_id)]] = {
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


def _recording(traced: bool, is_pictured: bool) -> Recording:
    """Return what is noted of a program: of one whose picture is there already, that alone."""
    if not traced:
        return Recording.NONE
    return Recording.BESIDE if is_pictured else Recording.ALONE


def _nothing(item_id: str, reason: str, detail: str) -> dict[str, Any]:
    return {"item_id": item_id, "reason": reason, "detail": detail, "fingerprint": "", "stack": ""}


def _unreadable(image: bytes) -> str:
    """Return why a benchmark's picture cannot be used, or '' where it can."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            opened.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return f"the item's picture cannot be read: {why_unreadable(error)}"
    return ""
