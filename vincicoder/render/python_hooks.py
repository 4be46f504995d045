"""Installs the hooks that catch pictures where the libraries make them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from vincicoder.render.finish import flatten_on_white
from vincicoder.render.python_capture import captured
from vincicoder.render.python_hooks_matplotlib import hook_matplotlib
from vincicoder.render.python_hooks_rdkit import hook_rdkit


def install_hooks() -> None:
    """Put the hooks into the libraries, in a sample's own process: the warm one saves pictures too."""
    hook_pillow()
    hook_matplotlib()
    if "rdkit" in sys.modules:
        hook_rdkit()


def is_unwritable(target: object) -> bool:
    """Return whether a save failed for the place alone: a folder that is not here, or not ours.

    Such a place (`/tmp/x.png`, `figures/x.png`) says nothing about the picture, which is kept.
    """
    if not isinstance(target, str | os.PathLike):
        return False
    folder = Path(os.fsdecode(target)).parent
    return not folder.is_dir() or not os.access(folder, os.W_OK) or folder.is_absolute()


def hook_pillow() -> None:
    """Note every `Image.save` and `Image.show`."""
    original_save = Image.Image.save

    def save(self: Image.Image, fp: Any, format: str | None = None, **params: Any) -> None:
        if captured.is_quiet:
            original_save(self, fp, format, **params)
            return
        captured.check_size(*self.size)
        copy = self.copy()
        captured.add_output(lambda: flatten_on_white(copy))
        with captured.quiet():
            try:
                original_save(self, fp, format, **params)
            except OSError:
                if not is_unwritable(fp):
                    raise

    def show(self: Image.Image, title: str | None = None) -> None:
        captured.check_size(*self.size)
        copy = self.copy()
        captured.add_output(lambda: flatten_on_white(copy))

    Image.Image.save = save  # type: ignore[method-assign]
    Image.Image.show = show  # type: ignore[method-assign]
