"""The dataset card: the README.md of a release, with the YAML header that dataset hubs read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import yaml

from storage.card_tables import (
    benchmark_lines,
    composition_lines,
    count_lines,
    duplicate_lines,
    funnel_lines,
    source_lines,
    task_lines,
    threshold_lines,
)
from storage.column_notes import table_notes
from storage.schemas import RELEASE_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.card_facts import CardFacts

ABOUT = (
    "Pictures and the code that draws them. Every row was rendered from its own code in a sandbox; "
    "the picture is that render."
)
"""What an SFT release is, for its card and for `croissant.json`."""


def render_card(facts: CardFacts) -> str:
    """Return the whole card as Markdown."""
    total = sum(facts.rows_by_split.values())
    notes = table_notes()["images"]
    header = {
        "pretty_name": f"VinciCoder SFT {facts.version}",
        "license": "other",
        "license_name": "per-row",
        "language": ["en"],
        "task_categories": ["image-to-text"],
        "size_categories": [_size_category(total)],
        "tags": ["image-to-code", "code", *sorted(facts.rows_by_domain)],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"data/{split}-*.parquet"}
                    for split, rows in facts.rows_by_split.items()
                    if rows
                ],
            }
        ],
    }
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).strip(),
        "---",
        f"# VinciCoder SFT {facts.version}",
        "",
        ABOUT,
        "`messages` and `image` are what trainers read; `code` is the bare answer.",
        "Everything else, the rejected rows with their reasons included, is in `catalog.duckdb`.",
        "",
        "Rows of the task `direct` ask for the code of a picture. Rows of the task `refine` also show flawed",
        "code, which fails or draws something else; the answer is the corrected code. `target_id` names the",
        "direct row of the same picture; both lie in the same split.",
        "",
        "## Reading it",
        "",
        "In the folder of the release:",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        *_snippet(facts.rows_by_split),
        "```",
        "",
        "| column | type | |",
        "|---|---|---|",
        *(
            f"| `{field.name}` | {_type_name(field.type)} | {notes.columns[field.name]} |"
            for field in RELEASE_SCHEMA
        ),
        "",
        "## Rows",
        "",
        f"{total} rows in {facts.data_bytes / 1e6:.1f} MB of Parquet.",
        "",
        *count_lines("split", facts.rows_by_split),
        "",
        *task_lines("domain", facts.rows_by_domain),
        "",
        *task_lines("language", facts.rows_by_language),
        "",
        *([*task_lines("stack", facts.rows_by_stack), ""] if facts.rows_by_stack else []),
        *task_lines("kind of drawing", facts.rows_by_chart_type),
        *(
            ["", *count_lines("maker of flawed code", facts.rows_by_flaw_maker)]
            if facts.rows_by_flaw_maker
            else []
        ),
        "",
        f"## Composition: recipe {facts.recipe}",
        "",
        *composition_lines(facts.composition),
        "",
        "## Pictures",
        "",
        *(f"![samples]({picture})" for picture in facts.pictures),
        "",
        "## Funnel",
        "",
        *funnel_lines(facts.funnel),
        "",
        "## Sizes and lengths",
        "",
        "Of direct rows, by domain: code in characters and tokens of the target model, pictures in pixels.",
        "",
        "| domain | measure | least | median | 95% at most | most |",
        "|---|---|---:|---:|---:|---:|",
        *(
            f"| {row.domain} | {row.measure} | {row.least} | {row.median} | {row.p95} | {row.most} |"
            for row in facts.lengths
        ),
        "",
        "## Duplicates",
        "",
        *duplicate_lines(facts.duplicates),
        "",
        "## Benchmarks",
        "",
        *benchmark_lines(facts.benchmarks),
        "",
        "## The corpora's own pictures",
        "",
        *threshold_lines(facts.thresholds),
        "",
        "## Licences",
        "",
        "The licence of each row is in its `license` column.",
        "",
        *task_lines("license", facts.rows_by_license),
        "",
        "## Sources",
        "",
        "Of the rows collected, those released are direct rows; refinement rows are made from them.",
        "",
        *source_lines(facts.sources),
        "",
        "## Citations",
        "",
        *(f"- **{s.name}**: {s.citation}" for s in facts.sources if s.released),
        "",
    ]
    return "\n".join(lines)


def _snippet(splits: Mapping[str, int]) -> list[str]:
    files = {split: f"data/{split}-*.parquet" for split, rows in splits.items() if rows}
    first = next(iter(files))
    listed = ", ".join(f'"{split}": "{path}"' for split, path in files.items())
    return [
        f'rows = load_dataset("parquet", data_files={{{listed}}})["{first}"]',
        'rows[0]["image"]     # a PIL image',
        'rows[0]["messages"]  # the user\'s turn with its <image> tag, and the fenced answer',
    ]


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_struct(kind):
        return "image"
    if pa.types.is_list(kind):
        return "list of turns" if pa.types.is_struct(kind.value_type) else f"list of {kind.value_type}"
    return str(kind)


def _size_category(rows: int) -> str:
    """The size classes that dataset hubs know."""
    for limit, name in (
        (1_000, "n<1K"),
        (10_000, "1K<n<10K"),
        (100_000, "10K<n<100K"),
        (1_000_000, "100K<n<1M"),
    ):
        if rows < limit:
            return name
    return "1M<n<10M"
