"""Run in a process started with the trainers' startup folder: ms-swift's own loader on files of a release.

    python clients_program.py DATA.parquet [...]

Prints one JSON object: rows, columns, the first row's messages, and the sizes of the decoded pictures.
"""

from __future__ import annotations

import io
import json
import sys

from PIL import Image
from swift.dataset import load_dataset


def main(paths: list[str]) -> None:
    loaded, _ = load_dataset(paths, strict=True, num_proc=1)
    sizes = []
    for row in loaded:
        picture = row["images"][0]
        if isinstance(picture, dict):
            picture = Image.open(io.BytesIO(picture["bytes"]))
        sizes.append(picture.size)
    found = {
        "rows": len(loaded),
        "columns": sorted(loaded.column_names),
        "messages": loaded[0]["messages"],
        "sizes": sizes,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
