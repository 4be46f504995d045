"""Renders mixed real samples and writes down every one that was not drawn, to be read one by one.

    python -m benchmarks.false_rejections --samples 2000 --output rejections

The folder gets `rejections.jsonl` (name, language, reason, detail, seconds, file), one file of code for
each line, and `summary.json`. A rejection is false where the sample would have been drawn on an idle
machine that has what the sample needs: only a reader can tell.
"""

from __future__ import annotations

import argparse
import collections
import json
import shutil
from pathlib import Path

from benchmarks.samples import Mixed, pick_mixed
from vincicoder.render import RenderEngine, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.registry import LANGUAGE_OF_SUFFIX

_SUFFIX = {language: suffix for suffix, language in reversed(LANGUAGE_OF_SUFFIX.items())}


def _write(folder: Path, number: int, sample: Mixed, result: RenderResult) -> str:
    path = folder / f"{number:05d}-{sample.source}{_SUFFIX.get(sample.language, '.txt')}"
    path.write_text(sample.code, "utf-8", errors="surrogatepass")
    return json.dumps(
        {
            "name": sample.name,
            "language": sample.language,
            "reason": result.reason.value if result.reason else result.status.value,
            "detail": result.detail,
            "seconds": round(result.seconds, 3),
            "file": path.name,
        }
    )


def main() -> None:
    """Render, write what was not drawn, and print the counts by language and reason."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--output", type=Path, required=True, help="folder to write, emptied first")
    parser.add_argument("--workers", type=int, help="default: one per CPU")
    options = parser.parse_args()
    shutil.rmtree(options.output, ignore_errors=True)
    options.output.mkdir(parents=True)
    running: dict[int, Mixed] = {}
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)

    def requests():  # type: ignore[no-untyped-def]
        for number, sample in enumerate(pick_mixed(options.samples)):
            running[number] = sample
            yield RenderRequest(str(number), sample.language, sample.code)

    with (
        RenderEngine(workers=options.workers, measure=False) as engine,
        open(options.output / "rejections.jsonl", "w") as lines,
    ):
        for result in engine.render(requests()):
            number = int(result.request_id)
            sample = running.pop(number)
            outcome = result.reason.value if result.reason else result.status.value
            counts[sample.language][outcome] += 1
            if result.status is not RenderStatus.RENDERED:
                lines.write(_write(options.output, number, sample, result) + "\n")
                lines.flush()
    for language, counted in sorted(counts.items()):
        print(language, dict(counted.most_common()))
    summary = {language: dict(counted.most_common()) for language, counted in sorted(counts.items())}
    (options.output / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
