"""The render cache: every program ever run here, found by language, code and fingerprint.

The cache is not a store of its own: it is an index over the `renders.parquet` files of the render
outputs, so an image is written once. The index holds 96 bits of each key and a place as two numbers.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from storage.outputs import find_output, open_table
from storage.places import Places
from vincicoder.sample import LIMIT_DEPENDENT_REASONS, MACHINE_DEPENDENT_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pyarrow.parquet as pq

    from storage.home import Home
    from storage.outputs import StageOutput

_ASKED_AGAIN = pa.array(sorted(MACHINE_DEPENDENT_REASONS | LIMIT_DEPENDENT_REASONS))

logger = logging.getLogger("vincicoder")

RENDER_STAGE = "render"
# The stages whose outputs hold renders: those of the samples, and those of flawed code.
_STAGES = (RENDER_STAGE, "refine")
# How long an index of an object store answers from what it has seen, before it lists again.
_LOOK_SECONDS = 30.0


@cache
def _shared_index(home: Home) -> RenderIndex:
    """The index that all of a process shares, where tasks are sent to other processes."""
    return RenderIndex(home)


def render_key(
    language: str, code: str, fingerprint: str, data_files: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Return the cache key (64 hex digits) of one program under one renderer, with the data that it reads."""
    data = (part for file in data_files for part in (file["name"], file["sha256"]))
    parts = (language, fingerprint, code, *data)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class RenderPlace:
    """Where a cached render lies: the key of an output and the row in its `renders.parquet`.

    Outputs of other stages than `render` are written with the stage: `refine/<key>`.
    """

    output: str
    row: int


class RenderIndex:
    """Answers which render keys are known, and where. Safe to share between threads."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._places = Places()
        self._names: list[str] = []
        """The outputs that were read, by their number among the places."""
        self._gone: set[int] = set()
        """The numbers of those that were found damaged."""
        self._loaded: set[str] = set()
        self._refused: set[str] = set()
        self._looked: float | None = None

    def __reduce__(self) -> tuple[Callable[[Home], RenderIndex], tuple[Home]]:
        return _shared_index, (self._home,)

    def find(self, keys: Sequence[str]) -> dict[str, RenderPlace]:
        """Return the places of those keys that are known; looks for outputs written since the last call."""
        with self._lock:
            self._load_new_outputs()
            rows = [one for one in self._places.find(keys) if one[1] not in self._gone]
            damaged = [
                number for number in {one[1] for one in rows} if not self._is_whole(self._names[number])
            ]
            names = {self._names[number] for number in damaged}
            self._gone.update(damaged)
            self._loaded -= names  # one that is made again may be used again
            self._refused |= names
            rows = [one for one in rows if one[1] not in self._gone]
        found: dict[str, tuple[str, int]] = {}
        for key, output, row in rows:  # of several, the first by name, as any other process chooses
            place = (self._names[output], row)
            found[key] = min(found.get(key, place), place)
        return {key: RenderPlace(*place) for key, place in found.items()}

    def _is_whole(self, output: str) -> bool:
        stage, _, key = name_of_output(output).partition("/")
        return find_output(self._home, stage, key) is not None

    def _load_new_outputs(self) -> None:
        if not self._home.is_local:  # listing costs: what is new there is seen a little later
            if self._looked is not None and time.monotonic() - self._looked < _LOOK_SECONDS:
                return
            self._looked = time.monotonic()
        for output in self._new_outputs():
            if output in self._refused and not self._is_whole(output):
                continue
            try:
                table = self._home.read_columns(self._file(output), ["render_key", "reason"])
            except (OSError, pa.ArrowException) as error:
                logger.warning("%s cannot be used: %s", self._home.path(_folder(output)), error)
                self._refused.add(output)
                continue
            asked_again = pc.is_in(table["reason"], value_set=_ASKED_AGAIN).to_pylist()
            rows = [row for row, again in enumerate(asked_again) if not again]
            keys = table["render_key"].to_pylist()
            self._places.add([keys[row] for row in rows], len(self._names), rows)
            self._loaded.add(output)
            self._names.append(output)

    def _new_outputs(self) -> list[str]:
        known = {name_of_output(output).partition("/")[2] for output in self._loaded}
        return [
            place_of_output(stage, key)
            for stage in _STAGES
            for key in self._home.list_holding(f"stages/{stage}", "done.json", known)
        ]

    def _file(self, output: str) -> str:
        if self._home.is_local:
            return f"{_folder(output)}/renders.parquet"
        return _find(self._home, output).path("renders")


def place_of_output(stage: str, key: str) -> str:
    """Return the name that `RenderPlace.output` has for an output of a stage."""
    return key if stage == RENDER_STAGE else f"{stage}/{key}"


def name_of_output(place: str) -> str:
    """Return `stage/key` of what `RenderPlace.output` names."""
    return place if "/" in place else f"{RENDER_STAGE}/{place}"


def _folder(output: str) -> str:
    return f"stages/{name_of_output(output)}"


def _find(home: Home, place: str) -> StageOutput:
    stage, _, key = name_of_output(place).partition("/")
    output = find_output(home, stage, key)
    if output is None:
        raise FileNotFoundError(f"{home.path(_folder(place))} is not there any more")
    return output


def renders_files(home: Home, outputs: Iterable[str]) -> list[str]:
    """Return the paths of the tables with the renders of outputs, named as `RenderPlace.output` names them.
    Raises FileNotFoundError where one is not there any more."""
    return [_find(home, output).path("renders") for output in sorted(set(outputs))]


@contextmanager
def _open_renders(home: Home, place: str) -> Iterator[pq.ParquetFile]:
    try:
        output = _find(home, place)
    except FileNotFoundError:
        if not home.is_local:
            raise
        with home.open_parquet(f"{_folder(place)}/renders.parquet") as file:
            yield file  # one whose marker was lost since still has the pictures
    else:
        with open_table(home, output, "renders") as file:
            yield file


def read_renders(
    home: Home, places: Iterable[RenderPlace], columns: Sequence[str]
) -> dict[RenderPlace, dict[str, Any]]:
    """Read rows of `renders.parquet` files, touching only the row groups that hold them."""
    by_output: dict[str, set[int]] = {}
    for place in places:
        by_output.setdefault(place.output, set()).add(place.row)
    found: dict[RenderPlace, dict[str, Any]] = {}
    for output, wanted in sorted(by_output.items()):
        with _open_renders(home, output) as file:
            first = 0
            for group in range(file.num_row_groups):
                count = file.metadata.row_group(group).num_rows
                rows = sorted(row for row in wanted if first <= row < first + count)
                if rows:
                    table = file.read_row_group(group, columns=list(columns), use_threads=False)
                    picked = table.take([row - first for row in rows]).to_pylist()
                    for row, values in zip(rows, picked, strict=True):
                        found[RenderPlace(output, row)] = values
                first += count
    return found
