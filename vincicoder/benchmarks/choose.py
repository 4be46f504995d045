"""Which benchmarks are meant, and where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vincicoder.benchmarks.benchmark import Benchmark, BenchmarkError
from vincicoder.benchmarks.layouts import BENCHMARKS

HUB = "hub"


@dataclass(frozen=True, slots=True)
class ChosenBenchmark:
    """A benchmark and where it is: a local folder or file, or ids on the hub. `group` is the one part of it
    that is wanted, empty for all."""

    benchmark: Benchmark
    path: Path | None
    hub: tuple[str, ...] = ()
    group: str = ""

    @property
    def name(self) -> str:
        """The name with the part: `chartmimic`, `chartmimic/direct_600`."""
        return f"{self.benchmark.name}/{self.group}" if self.group else self.benchmark.name


def choose(arguments: Iterable[str]) -> list[ChosenBenchmark]:
    """Read `NAME=PATH`, `NAME=hub` and `NAME=hub:ID` arguments; ordered by name.

    Raises `BenchmarkError` on an unknown name, a path that is not there, or a name given twice.
    """
    chosen: dict[str, ChosenBenchmark] = {}
    for argument in arguments:
        one = choose_one(argument)
        if one.benchmark.name in chosen:
            raise BenchmarkError(
                f"benchmark {one.benchmark.name} was given twice: put its parts into one folder"
            )
        chosen[one.benchmark.name] = one
    return [chosen[name] for name in sorted(chosen)]


def choose_one(argument: str) -> ChosenBenchmark:
    """Read one argument as `choose` does; `NAME/GROUP=...` means one part only. Raises `BenchmarkError`."""
    title, separator, place = argument.partition("=")
    name, _, group = title.strip().partition("/")
    benchmark = BENCHMARKS.get(name.lower())
    if benchmark is None or not separator or not place:
        raise BenchmarkError(
            f"received benchmark {argument!r}; give NAME=FOLDER, NAME=hub or NAME=hub:ID "
            f"with a name of {', '.join(sorted(BENCHMARKS))}"
        )
    if group and group not in benchmark.groups:
        raise BenchmarkError(
            f"received part {group!r} of benchmark {name}; its parts are "
            f"{', '.join(benchmark.groups) or 'not named: leave it out'}"
        )
    kind, _, hub_id = place.partition(":")
    if kind == HUB:
        ids = (hub_id,) if hub_id else benchmark.hub
        if not ids:
            raise BenchmarkError(f"no hub id is known for {name}: give {name}=FOLDER or {name}=hub:ID")
        return ChosenBenchmark(benchmark, None, ids, group)
    path = Path(place).expanduser()
    if not path.exists():
        raise BenchmarkError(f"benchmark {name}: nothing at {path}; give the folder it was unpacked to")
    return ChosenBenchmark(benchmark, path, (), group)
