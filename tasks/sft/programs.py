"""Runs programs in the shared engine, except those in the cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.data_files import read_data_files
from storage.renders import RenderIndex, RenderPlace, read_renders, render_key
from vincicoder.render import RenderEngine, RenderRequest, RenderResult, RenderStatus
from vincicoder.sample import InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.home import Home


@dataclass(frozen=True, slots=True)
class Program:
    """One program to run. `name` is for messages about failures of ours; `data_files` is as in its row."""

    name: str
    language: str
    code: str
    data_files: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The results of programs, by their number: the render's columns, and where known renders lie.

    `fresh` holds the numbers of those that were really run, in order.
    """

    renders: Mapping[int, dict[str, Any]]
    known: Mapping[int, RenderPlace]
    fresh: list[int]


def render_programs(
    home: Home,
    programs: Sequence[Program],
    index: RenderIndex,
    fingerprints: Mapping[str, str],
    engine: RenderEngine,
    cached_columns: Sequence[str],
) -> Rendered:
    """Render programs. Raises `InfrastructureError` when one fails through no fault of its own."""
    keys = [
        render_key(one.language, one.code, fingerprints[one.language], one.data_files) for one in programs
    ]
    places = index.find(keys)
    known = {number: places[key] for number, key in enumerate(keys) if key in places}
    cached = read_renders(home, known.values(), cached_columns)
    renders = {number: cached[place] for number, place in known.items()}
    requests = (
        RenderRequest(str(number), one.language, one.code, data=read_data_files(home, one.data_files))
        for number, one in enumerate(programs)
        if number not in known
    )
    fresh: dict[int, dict[str, Any]] = {}
    failures: list[str] = []
    for result in engine.render(requests):
        number = int(result.request_id)
        if result.status is RenderStatus.FAILED:
            failures.append(f"{programs[number].name}: {result.detail}")
        else:
            fresh[number] = _row(keys[number], result)
    if failures:
        raise InfrastructureError(
            f"{len(failures)} renders failed through no fault of theirs: {failures[:3]}"
        )
    return Rendered({**renders, **fresh}, known, sorted(fresh))


def _row(key: str, result: RenderResult) -> dict[str, Any]:
    return {
        "render_key": key,
        "reason": result.reason.value if result.reason else None,
        "detail": result.detail,
        "image_width": result.width,
        "image_height": result.height,
        "pixels_sha256": result.pixels_sha256,
        "phash": result.phash,
        "thumbnail": result.thumbnail,
        "render_seconds": result.seconds,
        "notes": list(result.notes),
        "png": result.png,
    }
