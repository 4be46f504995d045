"""One item of a benchmark: what is asked, and what a right answer is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkItem:
    """`item_id` is unique in its benchmark and names the item in a file of answers.

    `image` is the picture (a file's bytes, undecoded) that an answer is compared with, `code` the reference
    program; an item has one of the two. Where `image` is None, or `is_redrawn` and the code draws something,
    the picture is what `code` draws. `shown` are the pictures that a model sees, where those are others.
    `instruction` is the question to a model, with an `<image>` for each picture; empty where an item can be
    judged but not asked. `group` is the part of the benchmark it is in, or the task; `difficulty` and
    `chart_type` are as the benchmark has them. All three are empty where it has none. `stack` names
    the libraries that its program was written for and its answers are drawn by first, '' for today's; `data`
    are the files that its program reads and an answer may (`vincicoder.data_files.pack_data`), '' for none.
    """

    item_id: str
    language: str
    domain: str
    instruction: str
    code: str | None
    image: bytes | None
    shown: tuple[bytes, ...] = ()
    is_redrawn: bool = False
    group: str = ""
    difficulty: str = ""
    chart_type: str = ""
    stack: str = ""
    data: str = ""
