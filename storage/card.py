"""The dataset card: the README.md of a release, with the YAML header that dataset hubs read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from storage.column_notes import table_notes
from storage.schemas import RELEASE_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.catalog import SourceEntry


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """What one stage did over the whole build."""

    stage: str
    rows_in: int
    rows_kept: int
    rows_rejected: int
    reasons: Mapping[str, int]
    rows_made: int = 0


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """What a quota of the recipe wanted (None: all there is), what there was, and what it took."""

    name: str
    wanted: int | None
    available: int
    taken: int


@dataclass(frozen=True, slots=True)
class TaskRows:
    """Rows of one kind by task: direct ones, and the refinement rows made from some of them."""

    direct: int
    refine: int


@dataclass(frozen=True, slots=True)
class LengthRow:
    """How long one measure (characters, tokens, image_width, image_height) is in a domain's direct rows."""

    domain: str
    measure: str
    least: int
    median: int
    p95: int
    most: int


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the card tells. `duplicates` counts the rows that left as such, by kind."""

    version: str
    rows_by_split: Mapping[str, int]
    rows_by_domain: Mapping[str, TaskRows]
    rows_by_license: Mapping[str, TaskRows]
    rows_by_language: Mapping[str, TaskRows]
    rows_by_chart_type: Mapping[str, TaskRows]
    rows_by_flaw_maker: Mapping[str, int]
    recipe: str
    composition: Sequence[QuotaRow]
    funnel: Sequence[FunnelRow]
    sources: Sequence[SourceEntry]
    benchmarks: Sequence[Mapping[str, Any]]  # rows of `storage.schemas.BENCHMARK_SCHEMA`
    thresholds: Sequence[Mapping[str, Any]]  # rows of `storage.schemas.THRESHOLDS_SCHEMA`
    lengths: Sequence[LengthRow]
    duplicates: Mapping[str, int]
    data_bytes: int
    pictures: Sequence[str]


def funnel_lines(funnel: Sequence[FunnelRow]) -> list[str]:
    """Return the funnel as a Markdown table. A stage that rejects nothing says so."""
    lines = ["| stage | in | made | kept | rejected | why |", "|---|---:|---:|---:|---:|---|"]
    for row in funnel:
        why = ", ".join(f"{reason} {count}" for reason, count in sorted(row.reasons.items(), key=_by_count))
        counts = f"{row.rows_in} | {row.rows_made or ''} | {row.rows_kept} | {row.rows_rejected}"
        lines.append(f"| {row.stage} | {counts} | {why or 'nothing to reject'} |")
    return lines


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
        "Pictures and the code that draws them. Every row was rendered from its own code in a sandbox; the",
        "picture is that render. `messages` and `image` are what trainers read; `code` is the bare answer.",
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
        *_counts("split", facts.rows_by_split),
        "",
        *_by_task("domain", facts.rows_by_domain),
        "",
        *_by_task("language", facts.rows_by_language),
        "",
        *_by_task("kind of drawing", facts.rows_by_chart_type),
        *(
            ["", *_counts("maker of flawed code", facts.rows_by_flaw_maker)]
            if facts.rows_by_flaw_maker
            else []
        ),
        "",
        f"## Composition: recipe {facts.recipe}",
        "",
        *_composition(facts.composition),
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
        *_duplicate_lines(facts.duplicates),
        "",
        "## Benchmarks",
        "",
        *_benchmark_lines(facts.benchmarks),
        "",
        "## The corpora's own pictures",
        "",
        *_threshold_lines(facts.thresholds),
        "",
        "## Licences",
        "",
        "The licence of each row is in its `license` column.",
        "",
        *_by_task("license", facts.rows_by_license),
        "",
        "## Sources",
        "",
        "Of the rows collected, those released are direct rows; refinement rows are made from them.",
        "",
        "| source | domain | licence | revision | collected | released | % | refinement | origin |",
        "|---|---|---|---|---:|---:|---:|---:|---|",
        *(
            f"| {s.name} | {s.domain} | {s.license} | {s.revision or '-'} | {s.collected} | {s.released} | "
            f"{_percent(s.released, s.collected)} | {s.refined} | "
            f"{s.origin if s.available else 'not available when this was built'} |"
            for s in facts.sources
        ),
        "",
        "## Citations",
        "",
        *(f"- **{s.name}**: {s.citation}" for s in facts.sources if s.released),
        "",
    ]
    return "\n".join(lines)


def _benchmark_lines(benchmarks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which benchmarks were kept out, and, as plainly, which were not."""
    checked = [row for row in benchmarks if row["checked"]]
    rest = ", ".join(row["name"] for row in benchmarks if not row["checked"]) or "none"
    if not checked:
        return [f"No benchmark was at hand, so nothing was checked. Not checked: {rest}."]
    return [
        "Rows like an item of these, by code or by picture, were rejected as `decontaminate.benchmark`.",
        "",
        "| benchmark | items | with code | with picture |",
        "|---|---:|---:|---:|",
        *(f"| {r['name']} | {r['items']} | {r['with_code']} | {r['with_picture']} |" for r in checked),
        "",
        f"Not checked: {rest}.",
    ]


def _threshold_lines(thresholds: Sequence[Mapping[str, Any]]) -> list[str]:
    """How far a render may be from the picture that its corpus has of it, source by source."""
    if not thresholds:
        return ["No corpus had pictures of its own to compare with."]
    measures = [name for name in thresholds[0] if name not in ("source", "rows", "learned")]
    return [
        "Renders farther than this from the corpus's own picture of the row were rejected as",
        "`verify.mismatch`; `similarity` is 1 where both are the same.",
        "",
        f"| source | rows compared | bounds | {' | '.join(measures)} |",
        f"|---|---:|---|{'---:|' * len(measures)}",
        *(
            f"| {row['source']} | {row['rows']} | {'learned' if row['learned'] else 'fixed, for few rows'} | "
            f"{' | '.join('off' if row[name] is None else f'{row[name]:.3g}' for name in measures)} |"
            for row in thresholds
        ),
    ]


def _composition(quotas: Sequence[QuotaRow]) -> list[str]:
    """The quotas as a table, and a warning for each that could not be filled."""
    if not quotas:
        return ["Everything that passed is in the set."]
    lines = ["| quota | wanted | available | taken |", "|---|---:|---:|---:|"]
    for row in quotas:
        lines.append(
            f"| {row.name} | {row.wanted if row.wanted is not None else 'all'} | "
            f"{row.available} | {row.taken} |"
        )
    short = [row for row in quotas if row.wanted is not None and row.taken < row.wanted]
    if short:
        lines += ["", "**Shortfall.** The recipe asks for more than the sources give:", ""]
        lines += [
            f"- {row.name}: {row.taken} of {row.wanted} rows" for row in short if row.wanted is not None
        ]
    return lines


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])


def _snippet(splits: Mapping[str, int]) -> list[str]:
    files = {split: f"data/{split}-*.parquet" for split, rows in splits.items() if rows}
    first = next(iter(files))
    listed = ", ".join(f'"{split}": "{path}"' for split, path in files.items())
    return [
        f'rows = load_dataset("parquet", data_files={{{listed}}})["{first}"]',
        'rows[0]["image"]     # a PIL image',
        'rows[0]["messages"]  # the user\'s turn with its <image> tag, and the fenced answer',
    ]


def _duplicate_lines(duplicates: Mapping[str, int]) -> list[str]:
    """How many rows left, and what for. Of the set's own rows none are duplicates of these kinds."""
    if not duplicates:
        return ["No row was a duplicate of another."]
    lines = ["Rows that left because another one stays; `duplicates` in the catalogue says which:", ""]
    return [*lines, *_counts("kind of duplicate", duplicates)]


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_struct(kind):
        return "image"
    if pa.types.is_list(kind):
        return "list of turns" if pa.types.is_struct(kind.value_type) else f"list of {kind.value_type}"
    return str(kind)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else ""


def _by_task(name: str, counts: Mapping[str, TaskRows]) -> list[str]:
    rows = sorted(counts.items(), key=lambda item: (-item[1].direct, -item[1].refine, item[0]))
    total = TaskRows(sum(row.direct for _, row in rows), sum(row.refine for _, row in rows))
    return [
        f"| {name} | direct | refine |",
        "|---|---:|---:|",
        *(f"| {key} | {row.direct} | {row.refine} |" for key, row in rows),
        f"| all | {total.direct} | {total.refine} |",
    ]


def _counts(name: str, counts: Mapping[str, int]) -> list[str]:
    rows = sorted(counts.items(), key=_by_count)
    return [f"| {name} | rows |", "|---|---:|", *(f"| {key} | {count} |" for key, count in rows)]


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
