"""The metrics of charts beside the published evaluators: the same scores, and the CPU time of ChartMimic's.

    python -m benchmarks.evaluation --json FILE
    python -m benchmarks.evaluation --originals VLMEvalKit/vlmeval/dataset/utils --python OLD/bin/python

The second runs ChartMimic's own evaluators (as VLMEvalKit carries them) in an environment of their own:
matplotlib 3.8.4, matplotlib-venn 0.11.10, networkx 3.2.1, numpy 1.26.1, squarify 0.4.3, colormath 3.0.0. The
first compares with what they gave there (`chartmimic_published.json`), and takes for their time that of eight
interpreters a pair that import what they import, of what is installed here, and run the program: less than
they use. Chart2Code's scores are compared with what its own evaluators gave on matplotlib 3.11.2
(`chart2code_published.json`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.chart_pairs import chart_pairs
from benchmarks.processor_time import ended_children_seconds, own_seconds, tree_seconds
from vincicoder.evaluate.metrics import chart2code
from vincicoder.evaluate.metrics.chartmimic import METRIC
from vincicoder.evaluate.pair import Pair, Side
from vincicoder.evaluate.trace import read_trace
from vincicoder.render import Recording, RenderEngine, RenderRequest

SCORES = ("text", "layout", "type", "color")
PUBLISHED = Path(__file__).parent / "chartmimic_published.json"
CHART2CODE_PUBLISHED = Path(__file__).parent / "chart2code_published.json"
_COUNTS = "squarify, networkx.drawing.nx_pylab, mpl_toolkits.mplot3d, matplotlib_venn._common, inspect"
# What each of the four evaluators imports before it runs a program (*_evaluator_prefix.py).
_IMPORTS = {
    "text": "warnings, matplotlib.backends.backend_pdf",
    "layout": "warnings",
    "type": f"warnings, matplotlib.pyplot, {_COUNTS}, matplotlib.tri._tripcolor",
    "color": f"warnings, matplotlib.pyplot, numpy, {_COUNTS}",
}
_PUBLISHED_PROGRAM = """
import contextlib, io, json, os, sys
folder, utils, numbers = sys.argv[1], sys.argv[2], [int(n) for n in sys.argv[3:]]
os.environ["VLMEVAL_CHARTMIMIC_UTILS_PATH"] = os.path.join(utils, "chartmimic")
sys.path.insert(0, utils)
os.chdir(folder)
from chartmimic.evaluator.chart_type_evaluator import ChartTypeEvaluator
from chartmimic.evaluator.color_evaluator import ColorEvaluator
from chartmimic.evaluator.layout_evaluator import LayoutEvaluator
from chartmimic.evaluator.text_evaluator import TextEvaluator
makers = {"text": lambda: TextEvaluator(use_position=False, use_axs=False), "layout": LayoutEvaluator,
          "type": ChartTypeEvaluator, "color": ColorEvaluator}
for number in numbers:
    row = {"pair": number}
    for name, make in makers.items():
        evaluator = make()
        with contextlib.redirect_stdout(io.StringIO()):
            evaluator(f"{folder}/{number:02d}_answer.py", f"{folder}/{number:02d}_reference.py")
        row[name] = evaluator.metrics["f1"]
    print(json.dumps(row), flush=True)
"""


def our_scores(
    pairs: list[tuple[str, str]], recording: Recording = Recording.ALONE
) -> tuple[list[dict[str, float]], float]:
    """Return the scores of all pairs in `reference` mode, and the CPU seconds a pair on a warm engine."""
    requests = [
        RenderRequest(f"{number} {side}", "python", code, recording)
        for number, pair in enumerate(pairs)
        for side, code in enumerate(pair)
    ]
    with RenderEngine(workers=1, output="pixels", measure=False) as engine:
        list(engine.render(requests[:2]))
        started = own_seconds() + tree_seconds(engine.worker_processes())
        drawn = {result.request_id: result for result in engine.render(requests)}
        found = []
        for number in range(len(pairs)):
            results = [drawn[f"{number} {side}"] for side in (0, 1)]
            sides = [Side(trace=read_trace(result.trace)) for result in results]
            scores = METRIC.measure(Pair(str(number), "python", "chart", *sides))
            found.append({name: scores[f"chartmimic_{name}"].reference or 0.0 for name in SCORES})
        seconds = own_seconds() + tree_seconds(engine.worker_processes()) - started
    for number, of_pair in enumerate(found):
        sides = [Side(trace=read_trace(drawn[f"{number} {side}"].trace)) for side in (0, 1)]
        more = chart2code.METRIC.measure(Pair(str(number), "python", "chart", *sides))
        of_pair |= {name: score.reference or 0.0 for name, score in more.items()}
    return found, seconds / len(pairs)


def published_scores(
    pairs: list[tuple[str, str]], numbers: list[int], python: str, originals: Path
) -> tuple[list[dict[str, Any]], float]:
    """Run the published evaluators on some of the pairs: their scores, and the CPU seconds a pair."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), pairs)
        path = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
        command = [python, "-c", _PUBLISHED_PROGRAM, folder, str(originals.absolute()), *map(str, numbers)]
        started = ended_children_seconds()
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": path, "MPLBACKEND": "Agg"},
        )
        seconds = ended_children_seconds() - started
    return [json.loads(line) for line in done.stdout.splitlines()], seconds / len(numbers)


def seconds_of_starts(pairs: list[tuple[str, str]], numbers: list[int]) -> float:
    """Return the CPU seconds a pair of eight interpreters that import what the evaluators import."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), pairs)
        started = ended_children_seconds()
        for number in numbers:
            for side in ("reference", "answer"):
                for imports in _IMPORTS.values():
                    subprocess.run(
                        [
                            sys.executable,
                            "-c",
                            f"import {imports}; exec(open('{number:02d}_{side}.py').read())",
                        ],
                        cwd=folder,
                        check=True,
                        capture_output=True,
                        env={**os.environ, "MPLBACKEND": "Agg"},
                    )
        return (ended_children_seconds() - started) / len(numbers)


def chart2code_differences(ours: list[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Return the largest difference of each of Chart2Code's scores, and the pairs that differ."""
    kept = [row for row in json.loads(CHART2CODE_PUBLISHED.read_text()) if row["pair"] < len(ours)]
    found = {}
    for name in (name for name in kept[0] if name != "pair"):
        apart = {row["pair"]: abs(row[name] - ours[row["pair"]][f"chart2code_{name}"]) for row in kept}
        found[f"chart2code_{name}"] = {
            "max_abs_difference": max(apart.values()),
            "pairs": len(kept),
            "pairs_over_1e-6": [pair for pair, difference in apart.items() if difference > 1e-6],
        }
    return found


def _write(folder: Path, pairs: list[tuple[str, str]]) -> None:
    """Write the programs as the evaluators want them: each saves a PDF of its own name."""
    for number, pair in enumerate(pairs):
        for side, code in zip(("reference", "answer"), pair, strict=True):
            name = f"{number:02d}_{side}"
            (folder / f"{name}.py").write_text(code.replace("chart.png", f"{name}.pdf"))


def main() -> None:
    """Compare, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=30, help="pairs to compare")
    parser.add_argument("--timed", type=int, default=3, help="pairs of which eight interpreters are timed")
    parser.add_argument("--originals", type=Path, help="VLMEvalKit's vlmeval/dataset/utils: run them")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that runs the originals")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    pairs = chart_pairs()[: options.pairs]
    ours, our_seconds = our_scores(pairs)
    beside, seconds_beside = our_scores(pairs, Recording.BESIDE)
    if options.originals:
        numbers = list(range(len(pairs)))
        theirs, their_seconds = published_scores(pairs, numbers, options.python, options.originals)
        timed = "the published evaluators"
    else:
        kept = json.loads(PUBLISHED.read_text())
        theirs = [row for row in kept if row["pair"] < len(pairs)]
        numbers = list(range(0, len(pairs), max(1, len(pairs) // options.timed)))[: options.timed]
        their_seconds, timed = seconds_of_starts(pairs, numbers), "eight interpreters a pair"
    figures = {
        "ratio_chartmimic": round(their_seconds / our_seconds, 1),
        "ratio_with_pictures": round(their_seconds / seconds_beside, 1),
        "cpu_seconds_a_pair": {
            "ours": round(our_seconds, 4),
            "with_pictures": round(seconds_beside, 4),
            "theirs": round(their_seconds, 3),
        },
        "same_with_pictures": ours == beside,
        "timed": timed,
        "metrics": {
            f"chartmimic_{name}": {
                "max_abs_difference": max(abs(row[name] - ours[row["pair"]][name]) for row in theirs),
                "pairs": len(theirs),
            }
            for name in SCORES
        }
        | chart2code_differences(ours),
    }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
