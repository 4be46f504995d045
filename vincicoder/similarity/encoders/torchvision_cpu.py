"""Lets the CUDA build of torchvision be imported beside a CPU build of torch.

The package registry has only torchvision's CUDA build. Beside a CPU torch its compiled library cannot be
loaded, and its import then fails with "operator torchvision::nms does not exist". The trainers import
torchvision for image preprocessing, which needs none of those operators: declaring their signatures is
enough. Where the compiled library loads, nothing is changed.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

# Kept for the life of the process: the declarations vanish with it.
_declared: list[object] = []


class _BeforeTorchvision:
    """A finder that finds nothing: it declares the operators when torchvision is first asked for."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name == "torchvision":
            sys.meta_path.remove(self)
            _declare_operators()
        return None


def install() -> None:
    """Make `import torchvision` work from now on in this process. Cheap: imports nothing by itself."""
    if "torchvision" not in sys.modules and not any(
        type(finder).__name__ == _BeforeTorchvision.__name__ for finder in sys.meta_path
    ):
        sys.meta_path.insert(0, _BeforeTorchvision())


def _declare_operators() -> None:
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return
    import torch

    load_library: Any = torch.ops.load_library  # both are untyped in torch
    make_library: Any = torch.library.Library
    try:
        for library in sorted(Path(spec.origin).parent.glob("_C*.so")):
            load_library(library)
            return
    except OSError:
        pass
    declarations = make_library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        declarations.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(declarations)
