"""The items of a published benchmark, asked for as in training."""

from __future__ import annotations

from collections.abc import Iterator

from vincicoder.benchmarks import ChosenBenchmark, read_items
from vincicoder.benchmarks.benchmark import Item
from vincicoder.compose.instructions import IMAGE_TAG, has_media_tag, instruction_for
from vincicoder.evaluate.item import BenchmarkItem


def published_items(chosen: ChosenBenchmark) -> Iterator[BenchmarkItem]:
    """Yield the items of a benchmark. Raises `BenchmarkError` where it cannot be read.

    The reference picture is what the code draws here, by the renderer that draws the answers; the published
    picture where there is no code, where that draws nothing here, or where the code was made from a SMILES.
    """
    for item in read_items(chosen):
        yield BenchmarkItem(
            item_id=item.item,
            language=item.language,
            domain=item.domain,
            instruction=_instruction(item),
            code=item.code,
            image=item.image,
            shown=item.shown,
            is_redrawn=item.is_source,
            group=item.group,
            difficulty=item.difficulty,
            chart_type=item.chart_type,
        )


def _instruction(item: Item) -> str:
    """The training prompt of the item's domain and language; the benchmark's own text where it asks for more.
    Empty where a part of what is to be asked is not there."""
    if not item.is_askable:
        return ""
    if item.request is None:
        return instruction_for(item.item, item.domain, item.language, "direct")
    text = item.request
    while has_media_tag(text):
        text = text.replace(IMAGE_TAG, "").replace("<video>", "").replace("<audio>", "")
    if item.captions:
        pictures = "\n\n".join(f"{caption}\n{IMAGE_TAG}" for caption in item.captions)
        return f"{text.strip()}\n\n{pictures}"
    return f"{IMAGE_TAG}{text.strip()}"
