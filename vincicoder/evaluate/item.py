"""One item of a benchmark: what is asked, and what a right answer is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """`item_id` is unique in its benchmark and names the item in a file of answers.

    `image` is the picture (a file's bytes, undecoded) that is to be turned into code. Where it is None, the
    picture is what `code` draws. `code` is the reference program, None where the benchmark has none; an item
    has one of the two. `instruction` is the question put to a model, with one `<image>`. `group` is what the
    benchmark itself parts its items by: a chart type, a difficulty, a task; empty where it does not.
    """

    item_id: str
    language: str
    domain: str
    instruction: str
    code: str | None
    image: bytes | None
    group: str = ""
