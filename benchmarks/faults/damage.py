"""Damages what lies in a home: truncated files, flipped bits, empty markers, removed data, older layouts."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.faults.builds import Bench


def damage_stages(bench: Bench, home: Path) -> None:
    """Damage some outputs of a finished build, take its release away, and build again."""
    bench.finish(home)
    shutil.rmtree(home / "releases")
    files = [path for path in sorted((home / "stages").rglob("*")) if path.is_file() and path.stat().st_size]
    files = [path for path in files if not path.name.endswith(".catalog.json")]
    planted = []
    for path in bench.chance.sample(files, 3):
        bench.chance.choice(_DAMAGES)(path, bench.chance)
        planted.append(path)
    said = bench.finish(home)
    bench.campaign.corrupt_planted += len(planted)
    for path in planted:
        output = path.parent.name if len(path.parent.name) == 32 else path.name
        if output in said or str(path.relative_to(home)) in said:
            bench.campaign.corrupt_found += 1
        else:
            bench.campaign.problems.append(f"{home}: damage of {path.relative_to(home)} was not named")


def damage_release(bench: Bench, home: Path) -> None:
    """Damage the release itself; a rebuild must find it and publish the same bytes anew."""
    bench.finish(home)
    release = (home / "releases/sft/current").resolve()
    path = bench.chance.choice([path for path in sorted(release.rglob("*")) if path.is_file()])
    bench.chance.choice((*_DAMAGES, _remove))(path, bench.chance)
    said = bench.finish(home)
    bench.campaign.corrupt_planted += 1
    if "is damaged" in said and (home / "damaged/releases").is_dir():
        bench.campaign.corrupt_found += 1
    else:
        bench.campaign.problems.append(f"{home}: damage of {path.name} of the release was not found")


def _truncate(path: Path, chance: Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def _flip(path: Path, chance: Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _empty(path: Path, _chance: Random) -> None:
    path.write_bytes(b"")


def _remove(path: Path, _chance: Random) -> None:
    path.unlink()


_DAMAGES: tuple[Callable[[Path, Random], None], ...] = (_truncate, _flip, _flip, _empty)


def _kill_a_build(bench: Bench, home: Path) -> None:
    process = bench.start(home)
    time.sleep(bench.chance.uniform(0.5, 0.9) * bench.build_seconds)
    process.kill()
    bench.campaign.killed("build")
    process.wait()
    bench.gone(home)


def clock_set_back(bench: Bench, home: Path) -> None:
    """Let every file of a half-made home lie in the future, as after a clock was set back."""
    _kill_a_build(bench, home)
    later = time.time() + 2 * 86_400
    for path in home.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (later, later))
    bench.finish(home)


def moved_home(bench: Bench, home: Path) -> None:
    """Move a half-made home elsewhere, and a finished one again."""
    _kill_a_build(bench, home)
    other = home.with_name(f"{home.name}-moved")
    if not home.exists():
        return bench.finish(home) and None
    home.rename(other)
    bench.finish(other)
    bench.check(other)
    other.rename(home)
    bench.finish(home)
    return None


def earlier_version(bench: Bench, home: Path) -> None:
    """Turn markers and memos into what the previous version wrote, leave one of its files, and build."""
    bench.finish(home)
    for path in (home / "stages").rglob("*.json"):
        fields = json.loads(path.read_text())
        if path.name == "done.json":
            for name in ("sha256", "made_from", "format"):
                fields.pop(name)
            path.write_text(json.dumps(fields, indent=1, sort_keys=True))
        elif isinstance(fields.get("value"), dict) and "outputs" in fields["value"]:
            path.write_text(json.dumps(fields["value"]["outputs"]))
    shutil.rmtree(home / "releases")
    (home / "tmp/1-0123456789abcdef.parquet").write_bytes(b"half")
    damaged = bench.chance.choice(sorted((home / "stages/render").glob("*/renders.parquet")))
    _flip(damaged, bench.chance)
    bench.campaign.corrupt_planted += 1
    said = bench.finish(home)
    bench.campaign.corrupt_found += damaged.parent.name in said
