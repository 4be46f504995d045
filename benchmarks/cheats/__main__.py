"""What copies of a picture earn, and what honest programs do.

    python -m benchmarks.cheats --json cheats.json
    python -m benchmarks.cheats --honest 0 --kinds python_decoded svg_mosaic

Every cheat copies one of four references (a chart, a page, a drawing in SVG, a document) without drawing
it, at the finest resolution that answers of several lengths hold. Written are, for each class, the highest
score of the preset `default` (`highest`), what is allowed, the spelling that earned it, how many were drawn
and why the others were not, and what the published formula pays for the class (`reference_pays`);
`honest_lowest` is the lowest score of a program of the corpora beside its own picture, of those short enough
to lose nothing by their length.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.cheats.copying import Cheat, Pixels
from benchmarks.cheats.in_documents import copies_in_diagrams, copies_in_latex
from benchmarks.cheats.in_markup import copies_in_pages, copies_in_svg
from benchmarks.cheats.in_python import copies
from benchmarks.ladders import PROGRAMS, Fault
from benchmarks.reward_ladders import draw_all
from benchmarks.samples import pick_mixed
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.png import png_file
from vincicoder.reward import Breakdown, RewardConfig, RewardItem, RewardScorer
from vincicoder.similarity.encoders.base import EMBEDDED

ALLOWED = 0.10
_ROWS_AT_ONCE = 16
_FENCE = 32  # characters of a fence around an answer, at most
_SIZE = re.compile(r"_\d+$")  # of a copy, at the end of its spelling


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--honest", type=int, default=300, help="programs of the corpora; 0 leaves them out")
    parser.add_argument("--kinds", nargs="*", help="classes of cheats; default: all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--structure",
        type=float,
        default=0.0,
        help="`structure_weight`; the rows then bring the reference's program, which bounds their length too",
    )
    options = parser.parse_args()
    pictures = {
        name.partition("/")[0]: pixels
        for name, pixels in draw_all(
            RenderRequest(language, language, write(Fault())) for language, write in PROGRAMS.items()
        ).items()
    }
    cheats = [
        (language, cheat)
        for language, cheat in _cheats(pictures)
        if not options.kinds or cheat.kind in options.kinds
    ]
    figures: dict[str, Any] = measure_cheats(cheats, pictures, options.workers, options.structure)
    if options.honest:
        figures |= measure_honest(options.honest, options.workers, options.structure)
    for name, found in figures.items():
        print(f"{name:>18}  {found}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def _cheats(pictures: dict[str, Pixels]) -> Iterator[tuple[str, Cheat]]:
    """Yield each cheat with the name of its reference."""
    for name, make in (
        ("python", copies),
        ("html", copies_in_pages),
        ("svg", copies_in_svg),
        ("latex", copies_in_latex),
        ("svg", copies_in_diagrams),
    ):
        pixels = pictures[name]
        for cheat in make(pixels):
            yield name, cheat


def measure_cheats(
    cheats: Sequence[tuple[str, Cheat]],
    pictures: dict[str, Pixels],
    workers: int,
    structure_weight: float = 0.0,
) -> dict[str, dict[str, Any]]:
    """Return the figures of each class."""
    files = {name: png_file(pixels) for name, pixels in pictures.items()}
    rows = [
        RewardItem(
            f"```{cheat.language}\n{cheat.code}\n```",
            files[name],
            cheat.language,
            PROGRAMS[name](Fault()) if structure_weight and name == cheat.language else None,
        )
        for name, cheat in cheats
    ]
    # What the published formula pays is asked of the finest copies alone, which come first.
    finest = {(name, cheat.kind, _SIZE.sub("", cheat.spelling)): number
              for number, (name, cheat) in reversed(list(enumerate(cheats)))}.values()  # fmt: skip
    with RewardScorer(RewardConfig(workers=workers, structure_weight=structure_weight)) as scorer:
        ours = list(_scored(scorer, rows))
    with RewardScorer(RewardConfig.preset("reference", encoder=EMBEDDED, workers=workers)) as scorer:
        theirs = dict(zip(finest, _scored(scorer, [rows[number] for number in finest]), strict=True))
    figures: dict[str, dict[str, Any]] = {}
    for number, (_, cheat) in enumerate(cheats):
        found, published = ours[number], theirs.get(number)
        entry = figures.setdefault(
            cheat.kind,
            {
                "highest": 0.0,
                "allowed": ALLOWED,
                "spelling": "",
                "tried": 0,
                "drawn": 0,
                "not_drawn": {},
                "reference_pays": 0.0,
            },
        )
        if published is not None:
            entry["reference_pays"] = max(entry["reference_pays"], round(published.score, 3))
        if found is None:
            continue
        entry["tried"] += 1
        entry["drawn"] += int(found.rendered)
        if not found.rendered:
            entry["not_drawn"][cheat.spelling] = f"{found.reason} {found.detail[:160]}"
        if found.score >= entry["highest"]:
            entry["highest"] = round(found.score, 3)
            entry["spelling"] = f"{cheat.spelling} {found.reason}".strip()
        if found.score > ALLOWED:
            print(
                f"  {cheat.kind} {cheat.spelling}: {found.score:.3f} (visual {found.visual:.3f})", flush=True
            )
    return figures


def _scored(scorer: RewardScorer, rows: Sequence[RewardItem]) -> Iterator[Breakdown | None]:
    """Yield a breakdown for each row, None where a language's tools are missing here."""
    from vincicoder.reward import RewardError

    for start in range(0, len(rows), _ROWS_AT_ONCE):
        try:
            yield from scorer.score_batch(rows[start : start + _ROWS_AT_ONCE])
        except RewardError as error:
            yield from error.breakdowns


def measure_honest(count: int, workers: int, structure_weight: float = 0.0) -> dict[str, Any]:
    """Return the lowest score of programs of the corpora beside their own pictures, and which they are."""
    free = RewardConfig().soft_chars
    picked = list(pick_mixed(count))
    # Longer programs lose by their length alone, by the published rule: they are counted apart.
    samples = {sample.name: sample for sample in picked if len(sample.code) + _FENCE <= free}
    with RenderEngine(workers=workers) as engine:
        pictures = _drawn(engine, (RenderRequest(s.name, s.language, s.code) for s in samples.values()))
    names = list(pictures)
    rows = [
        RewardItem(
            f"```{samples[name].language}\n{samples[name].code}\n```",
            pictures[name],
            samples[name].language,
            samples[name].code if structure_weight else None,
        )
        for name in names
    ]
    with RewardScorer(RewardConfig(workers=workers, structure_weight=structure_weight)) as scorer:
        found = [
            (breakdown.score, name, breakdown.reason)
            for name, breakdown in zip(names, _scored(scorer, rows), strict=True)
            if breakdown is not None and not _is_raster(samples[name].code) and breakdown.reason != "blank"
        ]
    found.sort()
    low = [f"{name}: {score:.3f} {reason}".strip() for score, name, reason in found if score < 0.99]
    return {
        "honest_lowest": found[0][0] if found else None,
        "honest_tried": len(found),
        "honest_below": low,
        "honest_too_long": len(picked) - len(samples),
    }


def _is_raster(code: str) -> bool:
    """Whether a program of a corpus itself embeds a bitmap: no drawing, and no measure for drawings."""
    return "data:image/png;base64" in code or "data:image/jpeg;base64" in code


def _drawn(engine: RenderEngine, requests: Iterable[RenderRequest]) -> dict[str, bytes]:
    return {result.request_id: result.png for result in engine.render(requests) if result.png is not None}


if __name__ == "__main__":
    main()
