"""How each language's own tools draw a sample, with nothing of the engine in between."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.fonts import FONT_CONFIGURATION
from vincicoder.render.languages.browser.chromium import FLAGS, find_chromium
from vincicoder.render.languages.browser.page import VIEWPORT_HEIGHT, VIEWPORT_WIDTH
from vincicoder.render.languages.latex.document import parse
from vincicoder.render.languages.latex.raster import DOTS_PER_INCH

Pixels = NDArray[np.uint8]
_SECONDS = 120
_BORDER = ((11, 11), (11, 11), (0, 0))  # pixels: 4 points
_READ_MS, _LATE_MS = 150, 5000  # at each half screen, and for what comes late

# A show saves what is open and closes it, as a reader who looks at each window and closes it.
_PLAIN = """
import random, sys
import numpy, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
random.seed(0); numpy.random.seed(0)
count = [0]
def show(*a, block=None, **k):
    for number in plt.get_fignums():
        plt.figure(number).savefig(f"shown-{count[0]:03d}.png"); count[0] += 1
    if block is not False: plt.close("all")
plt.show = show
code = open(sys.argv[1]).read()
exec(compile(code, "sample.py", "exec"), {"__name__": "__main__", "__file__": "sample.py"})
show()
"""


def of_python(code: str, _size: tuple[int, int]) -> Pixels | None:
    """Return the last picture that a plain process with matplotlib alone saves; None where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "given.txt").write_text(code, "utf-8")
        Path(folder, "plain.txt").write_text(_PLAIN, "utf-8")
        environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", "MPLBACKEND": "Agg"}
        done = subprocess.run(
            [sys.executable, "plain.txt", "given.txt"],
            cwd=folder, env=environment, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        pictures = sorted(Path(folder).glob("**/*.png"), key=lambda path: path.stat().st_mtime_ns)
        if done.returncode or not pictures:
            return None
        with Image.open(pictures[-1]) as image:
            return _on_white(image)


def of_latex(code: str, _size: tuple[int, int]) -> Pixels | None:
    """Return all pages of a cold pdflatex, drawn by PDFium, one below the other."""
    document = parse(code)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "document.tex").write_text(document.text, "utf-8")
        for engine in document.engines:
            command = [engine, "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
            for _ in range(2):
                done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
        if done.returncode:
            return None
        sheets = _sheets(Path(folder, "document.pdf").read_bytes())
    marked = [(sheet < 250).any(axis=2) for sheet in sheets]
    if document.crop and len({sheet.shape for sheet in sheets}) == 1:
        columns = np.flatnonzero(np.any([marks.any(axis=0) for marks in marked], axis=0))
        rows = [np.flatnonzero(marks.any(axis=1)) for marks in marked]
        sheets = [
            np.pad(
                sheet[place[0] : place[-1] + 1, columns[0] : columns[-1] + 1], _BORDER, constant_values=255
            )
            for sheet, place in zip(sheets, rows, strict=True)
            if place.size
        ]
    widest = max(sheet.shape[1] for sheet in sheets)
    return np.vstack(
        [np.pad(one, ((0, 0), (0, widest - one.shape[1]), (0, 0)), constant_values=255) for one in sheets]
    )


def _sheets(pdf: bytes) -> list[Pixels]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    return [np.array(page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("RGB")) for page in document]


class PlainBrowser:
    """Playwright with the same browser: a full-page screenshot after scrolling through the page."""

    def __enter__(self) -> PlainBrowser:
        from playwright.sync_api import sync_playwright

        os.environ["FONTCONFIG_FILE"] = str(FONT_CONFIGURATION)
        self._playwright = sync_playwright().start()
        flags = [flag for flag in FLAGS if flag != "--headless"]
        self._browser = self._playwright.chromium.launch(executable_path=str(find_chromium()), args=flags)
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()
        del os.environ["FONTCONFIG_FILE"]

    def of_html(self, code: str, _size: tuple[int, int]) -> Pixels:
        """Return the page as a reader has seen it who scrolled to its end and waited."""
        page = self._browser.new_page(viewport={"width": VIEWPORT_WIDTH, "height": VIEWPORT_HEIGHT})
        page.set_content(code, wait_until="load")
        page.wait_for_timeout(_LATE_MS)
        height = int(page.evaluate("document.documentElement.scrollHeight"))
        for top in range(0, height, VIEWPORT_HEIGHT // 2):
            page.evaluate(f"scrollTo({{top: {top}, behavior: 'instant'}})")
            page.wait_for_timeout(_READ_MS)
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        page.wait_for_timeout(1000)
        png = page.screenshot(full_page=True, animations="disabled")
        page.close()
        return _on_white(Image.open(io.BytesIO(png)))

    def of_svg(self, code: str, size: tuple[int, int]) -> Pixels:
        """Return the drawing as `<img>` shows it at this size: width, height in pixels."""
        width, height = size
        page = self._browser.new_page(viewport={"width": width, "height": height})
        data = base64.b64encode(code.encode()).decode()
        page.set_content(
            f'<body style="margin:0"><img width={width} height={height} style="display:block" '
            f'src="data:image/svg+xml;base64,{data}">'
        )
        page.wait_for_timeout(100)
        png = page.screenshot()
        page.close()
        return _on_white(Image.open(io.BytesIO(png)))


Reference = Callable[[str, tuple[int, int]], "Pixels | None"]


def references(browser: PlainBrowser) -> dict[str, Reference]:
    """Return what draws each language."""
    return {"python": of_python, "html": browser.of_html, "latex": of_latex, "svg": browser.of_svg}


def ink(pixels: Pixels, whole: bool = False) -> Pixels:
    """Return a picture cut to what differs from white, empty where nothing does; all of it if `whole`."""
    if whole:
        return pixels
    marks = (pixels < 250).any(axis=2)
    rows, columns = np.flatnonzero(marks.any(axis=1)), np.flatnonzero(marks.any(axis=0))
    if not rows.size:
        return pixels[:0]
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _on_white(image: Image.Image) -> Pixels:
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return np.array(Image.alpha_composite(white, layer).convert("RGB"))
