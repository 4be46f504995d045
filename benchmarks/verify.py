"""Planted corruptions: how many wrong pictures the learned thresholds find, how many right ones they lose.

    python -m benchmarks.verify --json verify.json

Real samples are rendered. The picture that a corpus would have of a row is made from the row's render in
one of three ways (`benchmarks/own_pictures.py`): `exact`, `rescaled` or `loose`. Then it is spoilt in one of
five ways (`benchmarks/corruptions.py`). Thresholds are learned as the pipeline learns them, for each domain
as if it were a source, from a set in which a tenth of the rows are spoilt, all kinds in turn. `recall` is the
share of all spoilt pictures of a kind that are detected, `false_alarm` that of all rows left as they were.

Programs fall into two halves by their hash: constants are chosen on `tune`, figures reported on `held_out`.
`clipped` tells how often content cut off at the border is seen, with no picture of the corpus
(`benchmarks/clipped.py`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.clipped import measure_clipped
from benchmarks.corruptions import CORRUPTIONS
from benchmarks.own_pictures import OWN_PICTURES
from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.verify import PictureLimits, check_pixels
from vincicoder.verify.own_picture import MEASURES, OwnPictureScores, compare_with_own
from vincicoder.verify.thresholds import learn_thresholds, mismatch

# Domain, language: what is rendered.
_GROUPS = {"chart": "python", "web": "html", "svg": "svg", "latex": "latex"}
_SPOILT_EVERY = 10  # rows, in what is learned from
_KINDS = ("swap", *CORRUPTIONS)

Pixels = NDArray[np.uint8]


def half_of(code: str) -> str:
    """Return the half that a program is in: `tune` or `held_out`."""
    return ("held_out", "tune")[hashlib.sha256(code.encode("utf-8", "replace")).digest()[0] % 2]


def render_group(domain: str, count: int, half: str) -> list[Pixels]:
    """Render up to `count` samples of one half of a domain, but for what verify would refuse itself."""
    picked = dict.fromkeys(pick_samples(_GROUPS[domain], 3 * count, domain))
    codes = [code for code in picked if half_of(code) == half][:count]
    requests = [RenderRequest(str(number), _GROUPS[domain], code) for number, code in enumerate(codes)]
    limits = PictureLimits()
    with RenderEngine(output="pixels", measure=False) as engine:
        results = sorted(engine.render(requests), key=lambda result: int(result.request_id))
    return [
        result.pixels
        for result in results
        if result.pixels is not None and check_pixels(result.pixels, limits) is None
    ]


def score_group(
    renders: list[Pixels], style: str
) -> tuple[list[OwnPictureScores], dict[str, dict[int, Any]]]:
    """Return the scores of all rows as they are, and those of the spoilt ones by kind and row."""
    make = OWN_PICTURES[style]
    plain = []
    spoilt: dict[str, dict[int, Any]] = {kind: {} for kind in _KINDS}
    for row, render in enumerate(renders):
        chance = np.random.default_rng(row)
        own = make(render, chance)
        plain.append(compare_with_own(own, render))
        other = renders[(row + 1 + len(renders) // 3) % len(renders)]
        spoilt["swap"][row] = compare_with_own(make(other, chance), render)
        for kind, corrupt in CORRUPTIONS.items():
            wrong = corrupt(render, chance)
            if wrong is not None:
                spoilt[kind][row] = compare_with_own(make(wrong, chance), render)
    return plain, spoilt


def judge_group(
    domain: str, plain: list[OwnPictureScores], spoilt: dict[str, dict[int, Any]]
) -> dict[str, Any]:
    """Learn from a set with a tenth spoilt, and count what is detected."""
    mixed = list(plain)
    for turn, row in enumerate(range(0, len(plain), _SPOILT_EVERY)):
        kind = _KINDS[turn % len(_KINDS)]
        mixed[row] = spoilt[kind].get(row, plain[row])
    columns = {name: np.array([getattr(scores, name) for scores in mixed]) for name in MEASURES}
    thresholds = learn_thresholds(domain, columns)

    def detected(scores: OwnPictureScores) -> bool:
        return mismatch(asdict(scores), thresholds) is not None

    return {
        "bounds": thresholds.bounds,
        "rows": len(plain),
        "false": sum(map(detected, plain)),
        "kinds": {
            kind: {"planted": len(rows), "detected": sum(map(detected, rows.values()))}
            for kind, rows in spoilt.items()
        },
    }


def summarise(groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Join the groups of one style: recall and false alarms per kind."""
    rows = sum(group["rows"] for group in groups)
    false = sum(group["false"] for group in groups)
    figures = {}
    for kind in _KINDS:
        planted = sum(group["kinds"][kind]["planted"] for group in groups)
        detected = sum(group["kinds"][kind]["detected"] for group in groups)
        figures[kind] = {
            "planted": planted,
            "recall": round(detected / planted, 4) if planted else None,
            "false_alarm": round(false / rows, 4) if rows else None,
        }
    return figures


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=50, help="samples per domain")
    parser.add_argument("--half", choices=["tune", "held_out"], default="held_out")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    judged: dict[str, dict[str, Any]] = {style: {} for style in OWN_PICTURES}
    clipped: dict[str, Any] = {}
    for domain, language in _GROUPS.items():
        renders = render_group(domain, options.samples, options.half)
        clipped[domain] = measure_clipped(renders, language)
        for style in OWN_PICTURES:
            judged[style][domain] = judge_group(domain, *score_group(renders, style))
    figures = {
        # The contract: corruption -> recall, false_alarm, for pictures at another scale, compressed.
        **summarise(list(judged["rescaled"].values())),
        "styles": {style: summarise(list(groups.values())) for style, groups in judged.items()},
        "domains": judged,
        "clipped": clipped,
    }
    for style in OWN_PICTURES:
        print(style)
        for kind, row in figures["styles"][style].items():
            print(
                f"  {kind:10} planted {row['planted']:5}  recall {row['recall']}  false {row['false_alarm']}"
            )
    print("clipped", json.dumps(clipped))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
