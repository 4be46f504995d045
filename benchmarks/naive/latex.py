"""LaTeX the usual way: a new pdflatex for each document, then pdftoppm at 300 dpi, first page."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.languages.latex.document import parse

_SECONDS = 120


def render(code: str, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Typeset the document, or the snippet under the same preamble as the engine's, from the start."""
    document = parse(code)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "document.tex").write_text(document.text, "utf-8")
        for engine in document.engines:
            command = [engine, "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
            if done.returncode == 0 and Path(folder, "document.pdf").exists():
                break
        else:
            return None
        # What pdf2image runs and reads back.
        drawn = subprocess.run(
            ["pdftoppm", "-r", "300", "-f", "1", "-l", "1", "document.pdf"],
            cwd=folder,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    if drawn.returncode:
        return None
    with Image.open(io.BytesIO(drawn.stdout)) as image:
        return np.array(image.convert("RGB"))
