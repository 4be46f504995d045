"""The tables of the dataset card, as lines of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.card_facts import TaskRows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.card_facts import FunnelRow, QuotaRow
    from storage.catalog import SourceEntry


def funnel_lines(funnel: Sequence[FunnelRow]) -> list[str]:
    """Return the funnel as a Markdown table. A stage that rejects nothing says so."""
    lines = ["| stage | in | made | kept | rejected | why |", "|---|---:|---:|---:|---:|---|"]
    for row in funnel:
        why = ", ".join(f"{reason} {count}" for reason, count in sorted(row.reasons.items(), key=_by_count))
        counts = f"{row.rows_in} | {row.rows_made or ''} | {row.rows_kept} | {row.rows_rejected}"
        lines.append(f"| {row.stage} | {counts} | {why or 'nothing to reject'} |")
    return lines


def benchmark_lines(benchmarks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return which benchmarks were kept out, and which were not."""
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


def threshold_lines(thresholds: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return how far a render may be from its corpus's own picture, a row a source."""
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


def composition_lines(quotas: Sequence[QuotaRow]) -> list[str]:
    """Return the quotas as a table, and a warning for each that could not be filled."""
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


def duplicate_lines(duplicates: Mapping[str, int]) -> list[str]:
    """Return how many rows were removed as duplicates, by kind."""
    if not duplicates:
        return ["No row was a duplicate of another."]
    lines = ["Rows that left because another one stays; `duplicates` in the catalogue says which:", ""]
    return [*lines, *count_lines("kind of duplicate", duplicates)]


def source_lines(sources: Sequence[SourceEntry]) -> list[str]:
    """Return a row for each source."""
    return [
        "| source | domain | licence | revision | collected | released | % | refinement | origin |",
        "|---|---|---|---|---:|---:|---:|---:|---|",
        *(
            f"| {s.name} | {s.domain} | {s.license} | {s.revision or '-'} | {s.collected} | {s.released} | "
            f"{_percent(s.released, s.collected)} | {s.refined} | "
            f"{s.origin if s.available else 'not available when this was built'} |"
            for s in sources
        ),
    ]


def task_lines(name: str, counts: Mapping[str, TaskRows]) -> list[str]:
    """Return direct and refinement rows by `name`, most direct rows first, and their sums."""
    rows = sorted(counts.items(), key=lambda item: (-item[1].direct, -item[1].refine, item[0]))
    total = TaskRows(sum(row.direct for _, row in rows), sum(row.refine for _, row in rows))
    return [
        f"| {name} | direct | refine |",
        "|---|---:|---:|",
        *(f"| {key} | {row.direct} | {row.refine} |" for key, row in rows),
        f"| all | {total.direct} | {total.refine} |",
    ]


def count_lines(name: str, counts: Mapping[str, int]) -> list[str]:
    """Return rows by `name`, most first."""
    rows = sorted(counts.items(), key=_by_count)
    return [f"| {name} | rows |", "|---|---:|", *(f"| {key} | {count} |" for key, count in rows)]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else ""


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])
