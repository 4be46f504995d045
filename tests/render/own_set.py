"""Small programs of our own in languages of which no corpus is here, or with libraries that corpora lack,
and what they looked like.

    python -m tests.render.own_set SET...     draws them anew, after a wanted change

`own/SET.txt` holds the programs, with a line of five equals signs between two; `own/SET.json` the size,
perceptual hash and brightness of their pictures. A set has its language's name, but for those in `_WITHIN`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from vincicoder.render import RenderEngine, RenderRequest, RenderResult

FOLDER = Path(__file__).parent / "own"
_BETWEEN = "\n=====\n"
_WITHIN = {"script_pages": "html", "chart_libraries": "python"}

Look = tuple[int, int, str, float]
"""Width and height in pixels, 64-bit perceptual hash as hex digits, mean brightness of 255."""


def own_sets() -> list[str]:
    """Return the names of the sets."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def language_of(name: str) -> str:
    """Return the language of a set's programs."""
    return _WITHIN.get(name, name)


def own_samples(name: str) -> list[str]:
    """Return the programs of a set."""
    return (FOLDER / f"{name}.txt").read_text("utf-8").strip("\n").split(_BETWEEN)


def recorded(name: str) -> list[Look]:
    """Return what the programs looked like when they were last recorded."""
    return [tuple(entry) for entry in json.loads((FOLDER / f"{name}.json").read_text())]


def look_of(result: RenderResult) -> Look:
    """Return what a picture looks like. The result must be a rendered one."""
    assert result.phash is not None and result.thumbnail is not None, result.detail
    brightness = round(sum(result.thumbnail) / len(result.thumbnail), 2)
    return result.width, result.height, f"{result.phash:016x}", brightness


def write(name: str) -> None:
    """Draw the programs and record what they look like."""
    language = language_of(name)
    with RenderEngine(workers=1) as engine:
        requests = (RenderRequest(f"{n:03}", language, code) for n, code in enumerate(own_samples(name)))
        results = sorted(engine.render(requests), key=lambda result: result.request_id)
    lines = ",\n".join(f"  {json.dumps(look_of(result))}" for result in results)
    (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    for each in sys.argv[1:]:
        write(each)
