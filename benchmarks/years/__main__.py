"""`python -m benchmarks.years --json FILE`: what each stack draws of the idioms of 2022 and 2024 and of whole
programs of 2019 and 2024, and what all of them together draw.

`{stack: {"tried", "drawn"}, "automatic": {"tried", "drawn"}}`, with the names of what was not drawn, and the
counts of each year's idioms. `"silent"` is of `silent_idioms.py`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.years import further_idioms
from benchmarks.years.idioms import OF_2022, OF_2024, program
from benchmarks.years.programs import programs as whole_programs
from benchmarks.years.silent_idioms import ALIKE, CHANGED
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderStatus
from vincicoder.render.on_stacks import render_on_stacks, usable_stacks
from vincicoder.render.registry import language_on


def main() -> None:
    """Draw every idiom on every stack that is installed, and by the rule that chooses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    years = {
        "2022": OF_2022 | further_idioms.OF_2022,
        "2024": OF_2024 | further_idioms.OF_2024,
    }
    programs = {
        f"{year}/{name}": program(code) for year, idioms in years.items() for name, code in idioms.items()
    }
    for year in ("2019", "2024"):
        programs |= {f"whole {year}/{name}": code for name, code in whole_programs(year).items()}
    report: dict[str, dict[str, object]] = {}
    with RenderEngine(RenderLimits(), workers=arguments.workers) as engine:
        for stack in sorted(usable_stacks("python")):
            language = language_on("python", stack)
            requests = [RenderRequest(name, language, code) for name, code in programs.items()]
            outcomes = {result.request_id: result for result in engine.render(requests)}
            report[stack] = _counted(
                {name: one.status is RenderStatus.RENDERED for name, one in outcomes.items()}
            )
            report[stack]["reasons"] = {
                name: f"{one.reason}: {one.detail}" for name, one in sorted(outcomes.items()) if one.reason
            }
        requests = [RenderRequest(name, "python", code) for name, code in programs.items()]
        found = {one.result.request_id: one for one in render_on_stacks(engine, requests)}
        report["automatic"] = _counted(
            {name: one.result.status is RenderStatus.RENDERED for name, one in found.items()}
        )
        report["silent"] = _noticed(engine)
    arguments.json.write_text(json.dumps(report, indent=1, sort_keys=True))
    for name, counts in report.items():
        print(name, counts["drawn"], "of", counts["tried"], counts["by_year"])


def _noticed(engine: RenderEngine) -> dict[str, object]:
    """Draw programs that today's libraries draw otherwise without an error, and others beside them: those of
    the first kind are to be drawn by another stack."""
    requests = [RenderRequest(name, "python", program(code)) for name, code in (CHANGED | ALIKE).items()]
    drawn = list(render_on_stacks(engine, requests))
    moved = {one.result.request_id for one in drawn if one.before and one.result.png is not None}
    return {**_counted({name: name in moved for name in CHANGED}), "wrongly": sorted(moved - set(CHANGED))}


def _counted(drawn: dict[str, bool]) -> dict[str, object]:
    by_year: dict[str, list[int]] = {}
    for name, well in drawn.items():
        pair = by_year.setdefault(name.rpartition("/")[0], [0, 0])
        pair[0] += well
        pair[1] += 1
    return {
        "tried": len(drawn),
        "drawn": sum(drawn.values()),
        "by_year": {year: f"{pair[0]} of {pair[1]}" for year, pair in sorted(by_year.items())},
        "not_drawn": sorted(name for name, well in drawn.items() if not well),
    }


if __name__ == "__main__":
    main()
