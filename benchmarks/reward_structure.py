"""What the structural term does to the planted ladders, beside the reward without it.

    python -m benchmarks.reward_structure --json FILE

Every step of every ladder of programs is an answer, the truth its row's own program. Printed are Kendall's
tau of the scores (1: every step is worse than the one before), the truth's score, and that of the last step.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from statistics import fmean
from typing import Any

from scipy.stats import kendalltau

from benchmarks.ladders import PROGRAM_LADDERS, PROGRAMS, STEPS, Fault
from benchmarks.reward_ladders import draw_all
from vincicoder.render import RenderRequest
from vincicoder.render.png import png_file
from vincicoder.reward import RewardConfig, RewardItem, RewardScorer

LANGUAGES = ("python", "html", "svg")
WEIGHTS = (0.0, 0.1, 0.2, 0.4)


def measure(weight: float) -> dict[str, Any]:
    """Return, by ladder, tau of each language and the mean scores of the truth and of the last step."""
    truths = {language: PROGRAMS[language](Fault()) for language in LANGUAGES}
    pictures = draw_all(RenderRequest(language, language, code) for language, code in truths.items())
    references = {language: png_file(pixels) for language, pixels in pictures.items()}
    found: dict[str, Any] = {}
    with RewardScorer(RewardConfig.preset("default", workers=1, structure_weight=weight)) as scorer:
        for ladder, faults in PROGRAM_LADDERS.items():
            taus, first, last = {}, [], []
            for language in LANGUAGES:
                answers = [truths[language], *(PROGRAMS[language](fault) for fault in faults)]
                items = [
                    RewardItem(
                        f"```{language}\n{answer}\n```", references[language], language, truths[language]
                    )
                    for answer in answers
                ]
                scores = [one.score for one in scorer.score_batch(items)]
                tau = float(kendalltau(range(STEPS), [-score for score in scores[1:]]).statistic)
                taus[language] = 0.0 if math.isnan(tau) else round(tau, 3)
                first.append(scores[0])
                last.append(scores[-1])
            found[ladder] = {**taus, "truth": round(fmean(first), 4), "last": round(fmean(last), 4)}
    return found


def main() -> None:
    """Measure each weight, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {str(weight): measure(weight) for weight in WEIGHTS}
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
