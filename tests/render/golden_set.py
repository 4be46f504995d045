"""The golden set: forty real samples a language, named by source and hash, with what they looked like.

    python tests/render/golden_set.py LANGUAGE...     chooses and renders them anew, after a wanted change

Only names, hashes and sizes are kept here; the code is read from the corpora on this machine.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from vincicoder.render import RenderEngine, RenderRequest, RenderStatus
from vincicoder.sample import code_sha256
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.profiles import spread
from vincicoder.sources.registry import get_source, list_sources

FOLDER = Path(__file__).parent / "golden"
SIZE = 40
_CANDIDATES_PER_SAMPLE = 3  # some do not render


@dataclass(frozen=True, slots=True)
class Golden:
    """One sample and its picture: 64-bit perceptual hash, size in pixels, mean brightness (of 255)."""

    source: str
    position: int
    code_sha256: str
    phash: str
    width: int
    height: int
    brightness: float


def read_golden(language: str) -> list[Golden]:
    """Return a language's golden samples, none where no set has been written."""
    path = FOLDER / f"{language}.json"
    return [Golden(**entry) for entry in json.loads(path.read_text())] if path.exists() else []


def code_of(golden: Golden) -> str | None:
    """Return the sample's code, or None where the corpus is not here or is of another version."""
    try:
        code = _code_at(golden.source, golden.position)
        if code is None or code_sha256(code) != golden.code_sha256:  # another version: it may have moved
            code = _codes(golden.source).get(golden.code_sha256)
    except SourceUnavailableError:
        return None
    return code


def _code_at(name: str, position: int) -> str | None:
    for row in get_source(name).rows(position, position + 1):
        if isinstance(row.code, str):
            return row.code
    return None


@cache
def _codes(name: str) -> dict[str, str]:
    """Return every program of a source by its hash."""
    source = get_source(name)
    rows = source.rows(0, source.count())
    return {code_sha256(row.code): row.code for row in rows if isinstance(row.code, str)}


def _candidates(language: str) -> list[tuple[str, int, str]]:
    names = [info.name for info in list_sources() if language in info.languages]
    found: list[tuple[str, int, str]] = []
    for name in names:
        source = get_source(name)
        try:
            total = source.count()
        except SourceUnavailableError:
            continue
        wanted = min(total, -(-SIZE * _CANDIDATES_PER_SAMPLE // len(names)))
        for index in range(wanted):
            position = index * total // wanted
            for row in source.rows(position, position + 1):
                if row.language == language and isinstance(row.code, str):
                    found.append((name, position, row.code))
    return found[:: max(len(found) // (SIZE * 2), 1)]


def write_golden(language: str) -> int:
    """Render candidates, keep forty that are drawn, write their entries; return how many."""
    candidates = _candidates(language)
    kept: dict[int, Golden] = {}
    with RenderEngine() as engine:
        requests = (RenderRequest(str(n), language, code) for n, (_, _, code) in enumerate(candidates))
        for result in engine.render(requests):
            if result.status is not RenderStatus.RENDERED or result.phash is None or result.thumbnail is None:
                continue
            name, position, code = candidates[int(result.request_id)]
            kept[int(result.request_id)] = Golden(
                source=name,
                position=position,
                code_sha256=code_sha256(code),
                phash=f"{result.phash:016x}",
                width=result.width,
                height=result.height,
                brightness=round(sum(result.thumbnail) / len(result.thumbnail), 2),
            )
    drawn = [kept[key] for key in sorted(kept)]
    chosen = [drawn[position] for position in spread(len(drawn), SIZE)]
    lines = ",\n".join("  " + json.dumps(asdict(golden)) for golden in chosen)
    (FOLDER / f"{language}.json").write_text(f"[\n{lines}\n]\n")
    return len(chosen)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(each, write_golden(each))
