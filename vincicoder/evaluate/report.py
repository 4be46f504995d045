"""The table of an evaluation, for people: Markdown, a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vincicoder.evaluate.summary import Summary


def report_lines(facts: Mapping[str, Any], parts: Mapping[str, Mapping[str, Summary]]) -> Iterator[str]:
    """Yield the lines: what was judged and how, every metric in both modes, and the strict means by part."""
    yield f"# {facts['run_id']}"
    yield ""
    yield f"Answers of {facts['answers_of']} to {facts['items']} items of {facts['benchmark']}."
    counts = {name: count for name, count in facts["answers"].items() if isinstance(count, int)}
    yield "Lines of the answers: " + ", ".join(f"{name} {count}" for name, count in counts.items()) + "."
    drawn = ", ".join(f"{language} `{print_}`" for language, print_ in facts["fingerprints"].items())
    if "judge" in facts:
        took = facts["judge"]
        scored = ", ".join(f"{name} {count}" for name, count in took["scored"].items())
        yield f"{took['model']} judged: {scored} items; it took {took['tokens_in']} tokens in and "
        yield f"{took['tokens_out']} out, at a cost of {took['cost']:g}."
    yield f"Renderers: {drawn or 'nothing was drawn'}."
    yield ""
    yield "`reference` is computed and averaged as published, over as many items as in brackets; `strict` is "
    yield "over all items, a failure at the worst value, with its 95 % interval."
    yield ""
    yield "| metric | reference | strict | 95 % interval | items |"
    yield "|---|---|---|---|---|"
    for name, of in parts["all"].items():
        reference = "" if of.reference is None else f"{of.reference:.4f} ({of.averaged})"
        yield f"| {name} | {reference} | {of.strict:.4f} | {of.low:.4f} to {of.high:.4f} | {of.items} |"
    if facts["not_measured"]:
        yield ""
        yield f"Not measured, as no weights were given: {', '.join(facts['not_measured'])}."
    shown = [part for part in parts if part != "all"]
    yield ""
    yield "Strict, by part:"
    yield ""
    yield f"| metric | {' | '.join(shown)} |"
    yield "|---|" + "---|" * len(shown)
    yield f"| items | {' | '.join(str(parts[part]['execution'].items) for part in shown)} |"
    for name in parts["all"]:
        cells = [f"{parts[part][name].strict:.4f}" if name in parts[part] else "" for part in shown]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
