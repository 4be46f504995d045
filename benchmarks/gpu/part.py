"""Runs one part in a process of its own: `python -m benchmarks.gpu.part REQUEST.json`."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gpu.settings import FULL, REHEARSAL, Settings
from vincicoder.train.launch import interrupt_on_termination


@dataclass(slots=True)
class Part:
    """What a part is given. `gpu` is whether it runs on one; `data` holds the rows (`data.py`), `work` what
    parts make for each other and may leave behind. `note` keeps figures at once: a kill loses none."""

    settings: Settings
    gpu: bool
    data: Path
    work: Path
    output: Path
    figures: dict[str, Any]

    @property
    def device(self) -> str:
        """The torch device."""
        return "cuda" if self.gpu else "cpu"

    def note(self, **figures: Any) -> None:
        """Add figures to what this part has found."""
        self.figures |= figures
        beside = self.output.with_suffix(".new")
        beside.write_text(json.dumps(self.figures))
        beside.replace(self.output)


def measure(request: Path) -> None:
    """Do the part that a request names."""
    asked = json.loads(request.read_text())
    settings = {one.name: one for one in (FULL, REHEARSAL)}[asked["settings"]]
    data, work, output = (Path(asked[name]) for name in ("data", "work", "output"))
    part = Part(settings, asked["gpu"], data, work, output, {})
    part.note()
    do: Callable[[Part], None] = importlib.import_module(f"benchmarks.gpu.{asked['part']}").measure
    with interrupt_on_termination():
        do(part)


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(Path(sys.argv[1]))
