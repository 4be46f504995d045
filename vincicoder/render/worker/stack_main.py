"""Starts a worker in the environment of a stack, which does not hold this package.

The package is found by its place alone. A search path would also show the libraries that lie beside it.
"""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path

_PACKAGE = "vincicoder"


def main() -> None:
    """Load the package that this file belongs to, then do as `vincicoder.render.worker.main`."""
    folder = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    spec.loader.exec_module(package)
    runpy.run_module("vincicoder.render.worker.main", run_name="__main__")


if __name__ == "__main__":
    main()
