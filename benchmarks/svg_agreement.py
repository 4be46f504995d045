"""How far librsvg and CairoSVG agree on real documents, and on which they do not.

python -m benchmarks.svg_agreement --samples 200 --json agreement.json
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.languages.svg.agreement import DOUBTFUL_DIFFERENCE, svg_agreement


def main() -> None:
    """Compare, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=200, help="documents, spread over the corpora")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    codes = pick_samples("svg", options.samples)
    with RenderEngine(output="pixels", measure=False) as engine:
        requests = (RenderRequest(str(number), "svg", code) for number, code in enumerate(codes))
        found = sorted(svg_agreement(engine, requests), key=lambda each: int(each.request_id))
    differences = [each.mean_difference for each in found if each.mean_difference is not None]
    doubtful = [each for each in found if each.doubtful]
    figures = {
        "documents": len(found),
        "drawn_by_both": len(differences),
        "median_difference": round(statistics.median(differences), 4) if differences else None,
        "doubtful": len(doubtful),
        "doubtful_above": DOUBTFUL_DIFFERENCE,
        "doubtful_documents": [
            {"index": int(each.request_id), "difference": each.mean_difference, "detail": each.detail}
            for each in doubtful
        ],
    }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
