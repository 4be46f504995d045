"""Compares our pictures with those of each language's own tools, and says which differ.

    python -m benchmarks.false_pictures --samples 12 --json FILE --output pictures

Python: matplotlib's own save in a plain process. HTML: a plain browser's full-page screenshot after
scrolling. LaTeX: a cold pdflatex, all pages. SVG: the browser. Samples are spread over the embedded
corpora; a few written for this come on top. With `--output`, each difference lies there as code and two
pictures side by side, to be read. `false_pictures.json` beside this file holds what was read: by the
code's hash, a class, false or not. The JSON has `compared`, `differ`, `false` by language; a difference
that nobody has read counts as false.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.reference_pictures import Pixels, PlainBrowser, ink, references
from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.sample import code_sha256

_READ = Path(__file__).with_suffix(".json")
_SMALL = 256  # pixels: the longer side at which pictures are compared
_LEVELS = 24  # of 255: a pixel that differs more counts
_SHARE = 0.004  # of all pixels; edges drawn by another rasteriser stay below it
_SIZE = 0.03  # of a side

_PLOT = "import matplotlib.pyplot as plt\n"
_REVEAL = """<style>section{height:700px;opacity:0}.on{opacity:1;background:#dfd}</style>
<section>A</section><section>B</section><script>
const seen = es => es.forEach(e => e.isIntersecting && e.target.classList.add('on'));
const observer = new IntersectionObserver(seen);
document.querySelectorAll('section').forEach(s => observer.observe(s))</script>"""
EXAMPLES: dict[str, tuple[str, ...]] = {
    "python": (
        f"{_PLOT}plt.plot([1, 2], [3, 1])\nplt.show()\nplt.bar([1, 2, 3], [2, 5, 3])\nplt.show()\n",
        f"{_PLOT}for part in range(1, 4):\n    plt.pie([part, 2, 3])\n    plt.show()\n",
        f"{_PLOT}fig, (a, b) = plt.subplots(1, 2)\na.plot([1, 2])\nb.scatter([1, 2], [2, 1])\nplt.show()\n",
    ),
    "html": (
        "<html dir=rtl><body style='font:24px sans-serif'><h1>مرحبا بكم</h1><p>שלום 123</p></body></html>",
        "<html lang=ja style='writing-mode:vertical-rl'><h1>吾輩は猫</h1><p>名前はまだ無い。</p></html>",
        "<p id=r>loading</p><script>setTimeout(() => { r.innerHTML = '<b>Ready</b>' }, 1500)</script>",
        _REVEAL,
    ),
    "latex": (
        r"\documentclass[tikz]{standalone}\begin{document}\tikz\draw (0,0) circle (1);"
        r"\tikz\draw (0,0) -- (1,1);\end{document}",
        r"\documentclass{article}\begin{document}One\newpage Two\end{document}",
    ),
    "svg": (),
}


@dataclass(slots=True)
class Count:
    """Of one language: how many pictures were compared, how many differ, how many of these are false."""

    compared: int = 0
    differ: int = 0
    false: int = 0
    not_drawn: int = 0
    classes: dict[str, int] = field(default_factory=dict)


def is_like(ours: Pixels, theirs: Pixels) -> bool:
    """Tell whether two pictures show the same, but for edges and margins."""
    ours, theirs = ink(ours), ink(theirs)
    if not ours.size or not theirs.size:
        return ours.size == theirs.size
    for side in (0, 1):
        if abs(ours.shape[side] - theirs.shape[side]) > max(4, _SIZE * theirs.shape[side]):
            return False
    scale = _SMALL / max(theirs.shape[:2])
    size = (max(1, round(theirs.shape[1] * scale)), max(1, round(theirs.shape[0] * scale)))
    small = [
        np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX)).astype(np.int16)
        for picture in (ours, theirs)
    ]
    return float((np.abs(small[0] - small[1]).max(axis=2) > _LEVELS).mean()) <= _SHARE


def _keep(folder: Path, name: str, code: str, ours: Pixels, theirs: Pixels) -> None:
    height, width = max(ours.shape[0], theirs.shape[0]), ours.shape[1] + theirs.shape[1] + 8
    both = np.full((height, width, 3), 128, np.uint8)
    both[: ours.shape[0], : ours.shape[1]] = ours
    both[: theirs.shape[0], ours.shape[1] + 8 :] = theirs
    Image.fromarray(both).save(folder / f"{name}.png")
    (folder / f"{name}.txt").write_text(code, "utf-8")


def main() -> None:
    """Compare, print the counts and write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=12, help="of each language, beside the examples")
    parser.add_argument("--languages", nargs="*", default=list(EXAMPLES))
    parser.add_argument("--json", type=Path, help="file to write the counts to")
    parser.add_argument("--output", type=Path, help="folder for what differs, code and pictures")
    options = parser.parse_args()
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    read = json.loads(_READ.read_text()) if _READ.exists() else {}
    counts = {language: Count() for language in options.languages}
    with PlainBrowser() as browser, RenderEngine(workers=1, output="pixels", measure=False) as engine:
        drawers = references(browser)
        for language, count in counts.items():
            codes = [*EXAMPLES[language], *pick_samples(language, options.samples)]
            requests = [RenderRequest(str(number), language, code) for number, code in enumerate(codes)]
            for result in engine.render(requests):
                code = codes[int(result.request_id)]
                theirs = None
                if result.pixels is not None:
                    theirs = drawers[language](code, (result.width, result.height))
                if result.pixels is None or theirs is None:
                    count.not_drawn += 1
                    continue
                count.compared += 1
                if is_like(result.pixels, theirs):
                    continue
                name = code_sha256(code)[:16]
                known = read.get(name, {"class": "not read", "false": True})
                count.differ += 1
                count.false += bool(known["false"])
                count.classes[known["class"]] = count.classes.get(known["class"], 0) + 1
                if options.output:
                    _keep(options.output, f"{language}-{name}", code, result.pixels, theirs)
            print(language, count, flush=True)
    if options.json:
        table = {
            language: {
                "compared": count.compared,
                "differ": count.differ,
                "false": count.false,
                "not_drawn": count.not_drawn,
                "classes": count.classes,
            }
            for language, count in counts.items()
        }
        options.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
