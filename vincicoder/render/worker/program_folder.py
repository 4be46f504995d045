"""A folder in which a drawing program runs for one sample after another, and what it says there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import RenderLimits
from vincicoder.render.files import empty_folder, lay_files
from vincicoder.render.protocol import Refusal
from vincicoder.render.worker.child_process import ChildExit, ChildSandbox, read_output, run_child
from vincicoder.sample import DataFile, Reason

MARGIN_PIXELS = 11
"""White around a picture that is cut to its ink: the 4 points of a LaTeX snippet, at 200 dots per inch."""


class ProgramFolder:
    """`path` is the folder; programs write there and nowhere else. It is to be emptied after each sample."""

    def __init__(self, workspace: Path, limits: RenderLimits, may_fork: bool) -> None:
        self.path = workspace / "sample"
        self.path.mkdir(mode=0o700)
        self._limits = limits
        self._sandbox = ChildSandbox.build(self.path, may_fork)

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> ChildExit:
        """Run a program in the folder. Raises InfrastructureError if it cannot start."""
        return run_child(command, self.path, environment, self._limits, self._sandbox)

    def lay(self, files: Iterable[DataFile]) -> None:
        """Write the data files that the program may read. Raises OSError."""
        lay_files(self.path, files)

    def read(self, path: Path | str) -> bytes | None:
        """Return a file that the program left, or None where there is no regular file of that name."""
        return read_output(self.path / path, self._limits)

    def empty(self) -> None:
        """Remove all that is in the folder."""
        empty_folder(self.path)


def file_is_not_here(name: str) -> Refusal:
    """Return why a sample that asks for a file has no picture: a file outside its folder is forbidden."""
    outside = name.startswith(("/", "~")) or ".." in name
    reason = Reason.RENDER_FORBIDDEN if outside else Reason.RENDER_MISSING_DEPENDENCY
    return Refusal(reason, f"the file {name[:300]} is not here")


def located_error(found: re.Match[str], sample_file: str) -> Refusal:
    """Return an error with its line; the match has the groups `file`, `line` and `message`."""
    place = f"line {found['line']}"
    if found["file"] != sample_file:
        place = f"{found['file']}, {place}"
    return Refusal(Reason.RENDER_ERROR, f"{place}: {found['message']}"[:1500])


def with_margin(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture, uint8 of shape (height, width, 3), with white around it."""
    margin = ((MARGIN_PIXELS, MARGIN_PIXELS), (MARGIN_PIXELS, MARGIN_PIXELS), (0, 0))
    return np.pad(pixels, margin, constant_values=255)
