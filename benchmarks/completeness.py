"""What honest partial answers earn: programs of which nothing to all six parts are drawn.

    python -m benchmarks.completeness --json completeness.json

Lines, cards, bars, nodes, and the sections of a page that grows with them. A frame with title, axes or
heading should earn less than a quarter, half of the parts about half, and each part more than the last.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.ladders import PROGRAMS, Fault
from benchmarks.reward_ladders import draw_all
from vincicoder.render import RenderRequest
from vincicoder.render.png import png_file
from vincicoder.reward import RewardConfig, RewardItem, RewardScorer
from vincicoder.similarity.encoders.base import EMBEDDED

PARTS = 6
EMPTY, LEAST_HALF, MOST_HALF = 0.25, 0.35, 0.60


def _bars(drawn: int) -> str:
    heights = [12, 19, 7, 15, 10, 17]
    bars = "\n".join(f"ax.bar({n}, {heights[n]}, color='C{n}')" for n in range(drawn))
    return (
        f"import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n{bars}\n"
        "ax.set_xlim(-1, 6)\nax.set_ylim(0, 20)\n"
        "ax.set_title('Visitors a day')\nax.set_xlabel('gate')\nax.set_ylabel('visitors')\nplt.show()\n"
    )


def _sections(drawn: int) -> str:
    words = "Each year the river rises in spring and the meadows lie under water for a week or two. " * 4
    colors = ["#fde2e2", "#e2f0fd", "#e6f7e1", "#fff4cc", "#eee4fb", "#dff5f3"]
    sections = "".join(
        f"<section style='background:{colors[n]};margin:24px;padding:24px'><h2>Chapter {n + 1}</h2>"
        f"<p>{words[n * 20 :]}</p><b>{n * 37 % 50} days</b></section>"
        for n in range(drawn)
    )
    return f"<body style='font:18px sans-serif'><h1>The river and its meadows</h1>{sections}</body>"


def programs(drawn: int) -> dict[str, tuple[str, str]]:
    """Return, by name, the language and the text of each program with so many of its parts."""
    ladder = {name: (name, write(Fault(missing=PARTS - drawn))) for name, write in PROGRAMS.items()}
    return {**ladder, "bars": ("python", _bars(drawn)), "sections": ("html", _sections(drawn))}


def measure_completeness(scorer: RewardScorer, names: Sequence[str] = ()) -> dict[str, list[float]]:
    """Return, for each program, or for those of the names, the score with none to all of its parts."""
    whole = {name: program for name, program in programs(PARTS).items() if name in (names or programs(0))}
    pictures = draw_all(RenderRequest(name, language, code) for name, (language, code) in whole.items())
    rows = [
        RewardItem(f"```{language}\n{code}\n```", png_file(pictures[name]), language)
        for drawn in range(PARTS + 1)
        for name, (language, code) in programs(drawn).items()
        if name in whole
    ]
    scores = [round(found.score, 3) for found in scorer.score_batch(rows)]
    return {name: scores[number :: len(whole)] for number, name in enumerate(whole)}


def shortcomings(scores: Sequence[float]) -> list[str]:
    """Return what a ladder of scores lacks; empty where it is as it should be."""
    found = []
    if any(later <= earlier for earlier, later in itertools.pairwise(scores)):
        found.append("does not rise with every part")
    if scores[0] >= EMPTY:
        found.append(f"a frame earns {scores[0]}")
    if not LEAST_HALF <= scores[PARTS // 2] <= MOST_HALF:
        found.append(f"half of it earns {scores[PARTS // 2]}")
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--encoder", default=EMBEDDED, help="as in RewardConfig")
    options = parser.parse_args()
    with RewardScorer(RewardConfig(encoder=options.encoder, workers=1)) as scorer:
        ladders = measure_completeness(scorer)
    for name, scores in ladders.items():
        print(f"{name:>9}  {scores}  {'; '.join(shortcomings(scores))}".rstrip())
    if options.json is not None:
        options.json.write_text(json.dumps(ladders, indent=2) + "\n")


if __name__ == "__main__":
    main()
