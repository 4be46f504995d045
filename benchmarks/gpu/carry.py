"""What a GPU machine without a network needs: wheels, rows, a script that unpacks; in pieces under 64 MiB.

    python -m benchmarks.gpu.carry --home HOME FOLDER

The machine must have Python 3.12 with torch, transformers, peft, accelerate and timm; the wheels are all
else, at the versions of benchmarks/gpu/carry.txt. FOLDER gets `piece-00`, `piece-01`, ..., SHA256SUMS, and
`unpack.sh`, which makes an environment beside itself that also sees the machine's own packages. The checkout
itself is carried as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.gpu.data import write_data

PIECE_BYTES = 60 << 20
_REQUIREMENTS = Path(__file__).with_name("carry.txt")
_GLIBC = range(17, 29)  # the minor versions of glibc 2 that wheels for Linux are built for


def carry(home: Path, target: Path) -> None:
    """Write the pieces into a folder. Raises CalledProcessError where a wheel can't be had."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("piece-*"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="vincicoder-carry-") as temporary:
        folder = Path(temporary)
        _fetch_wheels(folder / "wheels")
        shutil.copy(_REQUIREMENTS, folder / "wheels/requirements.txt")
        write_data(home, folder / "data")
        made = folder / "all.tar"
        names = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "wheels", "data"]
        subprocess.run(["tar", "-C", str(folder), "-cf", str(made), *names], check=True)
        pieces = _split(made, target)
    shutil.copy(Path(__file__).with_name("unpack.sh"), target / "unpack.sh")
    lines = [f"{hashlib.sha256(piece.read_bytes()).hexdigest()}  {piece.name}\n" for piece in pieces]
    (target / "SHA256SUMS").write_text("".join(lines))


def _fetch_wheels(folder: Path) -> None:
    platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in reversed(_GLIBC)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"),
            *("--require-hashes", "--only-binary", ":all:", "--python-version", "3.12"),
            *(*platforms, "--platform=manylinux2014_x86_64", "-d", str(folder), "-r", str(_REQUIREMENTS)),
        ],
        check=True,
    )


def _split(archive: Path, target: Path) -> list[Path]:
    pieces: list[Path] = []
    with archive.open("rb") as stream:
        while data := stream.read(PIECE_BYTES):
            pieces.append(target / f"piece-{len(pieces):02d}")
            pieces[-1].write_bytes(data)
    return pieces


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu.carry")
    parser.add_argument("--home", type=Path, required=True, help="with an SFT and an RL release")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    carry(given.home, given.folder)
    print(json.dumps({file.name: file.stat().st_size for file in sorted(given.folder.iterdir())}))
