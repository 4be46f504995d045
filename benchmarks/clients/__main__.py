"""Every client's own classes on a release: the table of docs/release.md.

    python -m benchmarks.clients --json FILE [--home HOME] [--easyr1 FOLDER] [--only NAME] [--write-table]

Without a home a small release is built. Clients that the environment of the trainers holds run there; the
others get an environment under the cache, with their pinned version and, behind it, that environment's
packages: none downloads torch. EasyR1 is in no registry: name a checkout.
Writes {client: {version, reads, detail}}.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.clients import reads
from tests.corpora import write_corpus
from tests.releases import pictures
from vincicoder.cache_folder import cache_folder
from vincicoder.train.launch import startup_folder
from vincicoder.train.launcher import make_tiny

ROOT = Path(__file__).parents[2]
_MARK = "vincicoder-client "
_SECONDS = 600
_PAGE, _HEAD = ROOT / "docs/release.md", "| client | version | reads | what was read |"


@dataclass(frozen=True, slots=True)
class Client:
    """`reads` is its name in reads.py; `pins` are what is put before the trainers' packages, `variables` what
    it is started with."""

    reads: str
    pins: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


CLIENTS = {
    "pandas": Client("pandas"),
    "polars": Client("polars"),
    "DuckDB 2.0": Client("duckdb"),
    "DuckDB 1.5": Client("duckdb", ("duckdb==1.5.5",)),
    "DuckDB's command line": Client("duckdb-cli"),
    "datasets 4, streamed": Client("datasets"),
    "datasets 5, streamed": Client("datasets", ("datasets==5.2.0",)),
    "ms-swift SFT": Client("ms-swift-sft"),
    "ms-swift GRPO": Client("ms-swift-grpo"),
    "verl": Client("verl"),
    "TRL SFT": Client("trl-sft", ("trl==1.16.0",)),
    "TRL GRPO": Client("trl-grpo", ("trl==1.16.0",)),
    # Its own checks of versions also name those of libraries that reading takes no part in.
    "LLaMA-Factory": Client(
        "llama-factory",
        ("llamafactory==0.9.5", "transformers==5.6.0", "datasets==4.0.0"),
        (("DISABLE_VERSION_CHECK", "1"),),
    ),
}


def environment(client: Client) -> Path:
    """Return the interpreter of a client's environment, which is made where it is not there."""
    if not client.pins:
        return Path(sys.executable)
    folder = cache_folder() / "clients" / "-".join(pin.replace("==", "-") for pin in client.pins)
    python = folder / "bin/python"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, symlinks=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        shared = next(path for path in sys.path if path.endswith("site-packages"))
        (packages / "zz-shared.pth").write_text(shared + "\n")
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(packages)]
        subprocess.run([*command, *client.pins], check=True)
        if any(pin.startswith("llamafactory") for pin in client.pins):
            # Imported for sound, which no release has; its wheel wants another torch.
            (packages / "torchaudio.py").touch()
        (folder / "whole").touch()
    return python


def ask(client: Client, sft: Path, rl: Path, model: Path, first: str = "") -> dict[str, Any]:
    """Return what a client reads; `first` is a folder that comes before all packages."""
    paths = [first, str(startup_folder()), str(ROOT)]
    given = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "HF_HUB_OFFLINE": "1",
        **dict(client.variables),
    }
    try:
        done = subprocess.run(
            [str(environment(client)), reads.__file__, client.reads, str(sft), str(rl), str(model)],
            env={**os.environ, **given}, capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        return {"version": "", "reads": False, "detail": f"could not be started: {error}"}
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            return {"reads": True, **json.loads(line.removeprefix(_MARK))}
    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    return {"version": "", "reads": False, "detail": last[:300]}


def build(folder: Path) -> Path:
    """Build an SFT and an RL release of a few drawings, graphs and charts; return the home."""
    own = write_corpus(folder, "own", pictures())
    shares = {"svg": 0.6, "diagram": 0.2, "chart": 0.2}
    (folder / "rl.yaml").write_text(json.dumps({"rows": 30, "domains": shares, "validation": 0.2}))
    home = str(folder / "home")
    for command in (
        ["sft", "--profile", "none", "--source-config", str(own)],
        ["rl", "--recipe", str(folder / "rl.yaml")],
    ):
        called = [sys.executable, "-m", "flows.cli", "build", *command, "--home", home]
        subprocess.run(called, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return folder / "home"


def write_table(found: dict[str, dict[str, Any]]) -> None:
    """Put the table in its place in docs/release.md."""
    lines = [_HEAD, "|---|---|---|---|"]
    for name, one in found.items():
        lines.append(
            f"| {name} | {one['version']} | {'yes' if one['reads'] else '**no**'} | {one['detail']} |"
        )
    today = datetime.datetime.now(datetime.UTC).date()
    text = _PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- made by benchmarks.clients")
    after = rest.partition("<!-- end -->")[2]
    made = f"<!-- made by benchmarks.clients --write-table -->\nRun on {today}:\n\n" + "\n".join(lines)
    _PAGE.write_text(f"{before}{made}\n\n<!-- end -->{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--easyr1", type=Path, help="a checkout of EasyR1, or of a fork")
    parser.add_argument("--only", action="append")
    parser.add_argument("--write-table", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = asked.home or build(Path(scratch))
        sft, rl = ((home / f"releases/{kind}/current").resolve() for kind in ("sft", "rl"))
        model = Path(scratch, "model")
        make_tiny(model, ["<svg xmlns='http://www.w3.org/2000/svg'>"])
        found = {}
        for name, client in CLIENTS.items():
            if not asked.only or name in asked.only:
                found[name] = ask(client, sft, rl, model)
                print(f"{name}: {found[name]}", flush=True)
        if asked.easyr1:
            answer = ask(Client("easyr1"), sft, rl, model, str(asked.easyr1))
            head = ["git", "-C", str(asked.easyr1), "rev-parse", "--short", "HEAD"]
            answer["version"] = subprocess.run(
                head, capture_output=True, text=True, check=True
            ).stdout.strip()
            found["EasyR1"] = answer
            print(f"EasyR1: {answer}", flush=True)
    asked.json.write_text(json.dumps(found, indent=1))
    if asked.write_table:
        write_table(found)


if __name__ == "__main__":
    main()
