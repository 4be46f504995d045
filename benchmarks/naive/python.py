"""Charts the usual way: a new Python process for each, `savefig` appended, the file read back."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_BEFORE = "import matplotlib\nmatplotlib.use('Agg')\n"
_AFTER = "\nimport matplotlib.pyplot as plt\nif plt.get_fignums():\n    plt.savefig('out-naive.png')\n"
_SECONDS = 120  # wall time, generous: it ends those that wait for a mouse


def render(code: str, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Run the code in a new process and read the newest PNG that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.py")
        script.write_text(_BEFORE + code + _AFTER, "utf-8")
        try:
            done = subprocess.run(
                [sys.executable, str(script)], cwd=folder, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return None
        pictures = sorted(Path(folder).rglob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        if done.returncode or not pictures:
            return None
        with Image.open(pictures[-1]) as image:
            return np.array(image.convert("RGB"))
