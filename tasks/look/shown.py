"""A release that the browser has open: its rows, and its pictures where they lie."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from storage.data_files import read_data_files
from storage.home import Home
from storage.pictures import find_places, home_of, read_places
from storage.sql import open_locked
from tasks.look.rows import Found, Wanted, count_rows, facets, find_rows, make_view, search_rows
from vincicoder.look.thumbnails import thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack
    from pathlib import Path

    import duckdb

    from storage.pictures import Place
    from tasks.look.sample_facts import SampleFacts
    from vincicoder.sample import DataFile

MEMORY = "1GB"  # of questions to the catalogue
_REMEMBERED = 5_000  # places of pictures, thumbnails (about 5 kB each)
_SIDE = 240


@dataclass(slots=True)
class Shown:
    """A release that is open: a connection for pages and one for questions, each for one thread at a time."""

    folder: Path
    home: Home | None
    database: duckdb.DuckDBPyConnection
    questions: duckdb.DuckDBPyConnection
    choices: dict[str, list[tuple[str, int]]]
    lock: threading.Lock = field(default_factory=threading.Lock)
    questions_lock: threading.Lock = field(default_factory=threading.Lock)
    rendering: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    places: OrderedDict[str, Place] = field(default_factory=OrderedDict)
    thumbnails: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    counts: dict[Wanted, Found] = field(default_factory=dict)
    searched: Wanted | None = None

    def rows(self, wanted: Wanted) -> tuple[Found, list[dict[str, Any]]]:
        """Return how many rows there are, and those of one page, whose pictures are looked up at once."""
        key = replace(wanted, limit=0, offset=0, sort=wanted.sort if wanted.text else "sample_id")
        with self.lock:
            if wanted.text and key != self.searched:
                self.searched = None  # what a search that fails has found is not what an earlier one had
                self.counts[key] = search_rows(self.database, key)
                self.searched = key
            elif key not in self.counts:
                self.counts[key] = Found(count_rows(self.database, key))
            rows = find_rows(self.database, wanted) if wanted.limit else []
            self._look_up([row["sample_id"] for row in rows])
        for row in rows:
            row["drawn"] = row["sample_id"] in self.places
        return self.counts[key], rows

    def data_files(self, facts: SampleFacts) -> tuple[DataFile, ...]:
        """Return the files that a released program reads; the release holds them."""
        return read_data_files(Home(self.folder), facts.fields.get("data_files") or ())

    def picture(self, sample_id: str) -> bytes | None:
        """Return the PNG of a sample."""
        place = self.places.get(sample_id)  # without waiting for a search, where a page has looked it up
        if place is None:
            with self.lock:
                self._look_up([sample_id])
            place = self.places.get(sample_id)
        return read_places(self.home, {sample_id: place}).get(sample_id) if place is not None else None

    def thumbnail(self, sample_id: str) -> bytes | None:
        """Return a small WebP of a sample's picture."""
        if sample_id not in self.thumbnails:
            picture = self.picture(sample_id)
            small = None if picture is None else thumbnail(picture, _SIDE)
            if small is None:
                return None
            self.thumbnails[sample_id] = small
            _forget(self.thumbnails)
        return self.thumbnails.get(sample_id)

    def _look_up(self, sample_ids: Iterable[str]) -> None:
        missing = [name for name in sample_ids if name not in self.places]
        if missing:
            self.places.update(find_places(self.database, self.home, missing))
            _forget(self.places)


def _forget(remembered: OrderedDict[str, Any]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)


def open_shown(folder: Path, stack: ExitStack) -> Shown:
    """Open a release for as long as the stack lives."""
    folder = folder.resolve()
    pages, questions = (stack.enter_context(open_locked(folder, MEMORY)) for _ in range(2))
    make_view(pages)
    shown = Shown(folder, home_of(folder), pages, questions, facets(pages))
    shown.rows(Wanted())  # reads what the first page needs, so that it comes at once
    return shown
