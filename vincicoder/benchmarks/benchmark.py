"""What a benchmark is: how it is published, and the items that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vincicoder.sample import UserError

LAYOUT_VERSION = 3
"""Raise it when a benchmark's items are read in another way: indexes and evaluations are then made again."""

TABLES = ("*.parquet", "*.jsonl", "*.json", "*.tsv")


class BenchmarkError(UserError):
    """A benchmark cannot be read: says what was received, what is allowed, how to fix it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: code or picture (undecoded), or both. `item` is unique in its benchmark.

    `code` draws what is to be drawn, and `image` is the published picture of that. `group` is the part of the
    benchmark that the item is in; that, `difficulty` and `chart_type` are empty where it does not say. Where
    more is asked than to reproduce `image`, `request` is the benchmark's own text and `shown` the pictures
    that go with it; of several, `captions` say what each is. `is_askable` is false where a part of what is
    to be asked is not there, and `is_source` where `code` was made here from what is published, so that it
    draws another picture.
    """

    item: str
    language: str
    domain: str
    code: str | None
    image: bytes | None
    group: str = ""
    difficulty: str = ""
    chart_type: str = ""
    request: str | None = None
    shown: tuple[bytes, ...] = ()
    captions: tuple[str, ...] = ()
    is_askable: bool = True
    is_source: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """Where an item was read: the row's columns by their names in lower case (none for a pair of files), the
    folder of its file (None on the hub), and the path or hub id, with `/` between its parts."""

    row: Mapping[str, Any]
    folder: Path | None
    place: str


def _as_it_is(item: Item, found: Found) -> Item | None:
    del found
    return item


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """How a benchmark is published.

    `source` says where the layout was read: repository, commit, file. `language` is that of its code; None
    where it follows from the file's suffix, or from a folder's, a configuration's or a column's name. `code`,
    `images`, `ids`, `difficulty`, `chart_type`, `request` and `shown` name the columns to look at, the first
    that is there counts, whatever its case. `groups` are names of folders, files or configurations that part
    it; those in `aside` are read only where they are asked for by name. `tables` are patterns of the files
    that hold items; where no table does, and it `has_pairs`, files of code and pictures of one name do.
    `hub` lists data set ids, each with `configurations` and `split`. `finish` makes an item of what was read,
    or None where that is none.
    """

    name: str
    source: str
    domain: str
    language: str | None = None
    code: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    difficulty: tuple[str, ...] = ("difficulty",)
    chart_type: tuple[str, ...] = ("chart_type",)
    request: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    tables: tuple[str, ...] = TABLES
    has_pairs: bool = True
    hub: tuple[str, ...] = ()
    configurations: tuple[str, ...] = ()
    split: str = "test"
    finish: Callable[[Item, Found], Item | None] = field(default=_as_it_is)
