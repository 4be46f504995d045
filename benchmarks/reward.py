"""The reward: CPU seconds against the usual way, and whether it falls as faults grow.

    python -m benchmarks.reward --json reward.json
    python -m benchmarks.reward --responses 16 --ladders text_changed blur --json reward.json

Both ways score the same responses, real programs in four languages; `ratio_distinct` and `ratio_natural` are
CPU seconds of all processes, the usual way's over ours. `tau` has Kendall's tau of each ladder.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.ladders import LADDERS
from benchmarks.reward_ladders import PRESETS, measure_ladders
from benchmarks.reward_options import measure_options
from benchmarks.reward_speed import measure_speed
from vincicoder.render.sandbox.kernel import adopt_orphans
from vincicoder.similarity.encoders.base import EMBEDDED


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--responses", type=int, default=512, help="0 leaves the speed out")
    parser.add_argument("--ladders", nargs="*", default=list(LADDERS), choices=list(LADDERS))
    parser.add_argument("--encoder", default=EMBEDDED, help="as in RewardConfig")
    options = parser.parse_args()
    figures: dict[str, Any] = {"encoder": options.encoder}

    def save() -> None:
        if options.json is not None:
            options.json.write_text(json.dumps(figures, indent=2) + "\n")

    if options.ladders:
        figures["ladders"] = measure_ladders(options.ladders, options.encoder)
        figures["tau"] = {
            ladder: {preset: presets[preset]["tau"] for preset in PRESETS}
            for ladder, presets in figures["ladders"].items()
        }
        for ladder, taus in figures["tau"].items():
            print(
                f"{ladder:>16}  " + "  ".join(f"{name} {tau:.3f}" for name, tau in taus.items()), flush=True
            )
        save()
        effects = measure_options(options.encoder)
        figures["options"] = {name: asdict(effect) for name, effect in effects.items()}
        for name, effect in effects.items():
            print(
                f"{name:>16}  {effect.with_option:.3f} (without {effect.without:.3f})  {effect.pair}",
                flush=True,
            )
        save()
    if options.responses:
        adopt_orphans()  # so that the processes that browsers leave behind are counted
        figures.update(asdict(measure_speed(options.responses, options.encoder)))
        for name in ("distinct", "natural"):
            print(f"{name}: {figures[f'ratio_{name}']} times less CPU")
            for way in ("naive", "ours"):
                print(f"  {way:>5}: {figures[f'{way}_{name}']}")
        save()


if __name__ == "__main__":
    main()
