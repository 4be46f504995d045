"""A release as WebDataset: tar files that training on many machines reads as streams.

Of a row there are two members, `<sample_id>.png` and `<sample_id>.json`, one after the other, as
https://github.com/webdataset/webdataset wants them: what stands before the extension names the row.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from storage.manifest import load_manifest
from storage.release import data_rows
from storage.whole_file import whole_file

ROWS_PER_TAR = 1_000  # some 30 MB of pictures: what one reader takes at a time


def export_webdataset(release: Path, target: Path) -> dict[str, int]:
    """Write `<split>-000000.tar` and so on into `target`, each whole or not at all; return the rows by split.

    The order is the release's, and the same release gives the same bytes. Of an RL release's row the one
    picture of `images` is written. Raises FileNotFoundError or ManifestError where `release` is none, and
    OSError where `target` cannot be written.
    """
    manifest = load_manifest(release)
    for split in manifest.rows:
        rows = data_rows(release / file.path for file in manifest.data_files if _split(file.path) == split)
        for number in range(-(-manifest.rows[split] // ROWS_PER_TAR)):
            with whole_file(target / f"{split}-{number:06d}.tar") as part, tarfile.open(part, "w") as tar:
                for _ in range(min(ROWS_PER_TAR, manifest.rows[split] - number * ROWS_PER_TAR)):
                    _add(tar, next(rows))
    return dict(manifest.rows)


def _split(path: str) -> str:
    return Path(path).name.partition("-")[0]


def _add(tar: tarfile.TarFile, row: dict[str, Any]) -> None:
    picture = row.pop("image", None) or row.pop("images")[0]
    described = json.dumps(row, ensure_ascii=False, sort_keys=True, default=_text).encode()
    for extension, data in (("png", picture["bytes"]), ("json", described)):
        member = tarfile.TarInfo(f"{row['sample_id']}.{extension}")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))


def _text(value: object) -> str:
    """A value that JSON does not know; the columns of a release hold none but bytes."""
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"received {type(value).__name__}, which has no form in JSON")
