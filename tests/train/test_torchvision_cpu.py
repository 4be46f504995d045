"""torchvision can be imported beside whatever torch is here, and only then are operators declared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import vincicoder.train

STARTUP = Path(vincicoder.train.__file__).parent / "startup"


def run(code: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    ).stdout.strip()


def test_torchvision_is_importable_in_a_process_started_with_the_startup_folder() -> None:
    assert (
        run("import torchvision.ops; print(torchvision.__name__)", PYTHONPATH=str(STARTUP)) == "torchvision"
    )


def test_starting_python_with_it_imports_nothing() -> None:
    assert run("import sys; print('torch' in sys.modules)", PYTHONPATH=str(STARTUP)) == "False"
