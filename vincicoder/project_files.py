"""Files of the project that are not Python: scripts, pinned requirements, training recipes.

In a checkout they are where the repository has them; a wheel puts them under `share/vincicoder` of the
environment (`data-files` in pyproject.toml).
"""

from __future__ import annotations

import sysconfig
from pathlib import Path


def project_file(name: str) -> Path:
    """Return the path of a file by its name in the repository, such as "recipes/sft/tiny-cpu.yaml".

    Raises FileNotFoundError.
    """
    folders = (Path(__file__).parents[1], Path(sysconfig.get_path("data")) / "share" / "vincicoder")
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"the project's file {name} is neither in {folders[0]} nor in {folders[1]}: install the project "
        "again, or run from a checkout"
    )
