"""The dataset card of an RL release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import yaml

from vincicoder.select.quotas import ChosenRow, Shortfall


def selection_card(
    version: str,
    sft_version: str,
    chosen: Sequence[ChosenRow],
    shortfalls: Sequence[Shortfall],
    left_out: Mapping[str, int],
    *,
    by_rewards: bool,
    licenses: Mapping[str, int],
    benchmarks_checked: Sequence[str],
) -> str:
    """Return the card as Markdown with the YAML header that the hub reads."""
    header = {
        "pretty_name": f"VinciCoder RL {version}",
        "task_categories": ["image-to-text"],
        "license": "other",
        "license_name": "mixed",
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"data/{split}-*.parquet"}
                    for split in sorted({row.candidate.split for row in chosen})
                ],
            }
        ],
    }
    cells: Counter[tuple[str, int]] = Counter((row.candidate.domain, row.stratum) for row in chosen)
    strata = sorted({stratum for _, stratum in cells})
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=True).strip(),
        "---",
        f"# {version}",
        "",
        f"{len(chosen):,} rows for reinforcement learning, chosen from the verified direct rows of the SFT "
        f"release `{sft_version}`. One row a cluster of near-duplicates. Difficulty is "
        + (
            "1 - mean reward of answers sampled from a checkpoint."
            if by_rewards
            else "the rank of the code's structural complexity within its domain and language."
        ),
        "",
        f"Benchmarks: {_benchmarks(benchmarks_checked)}",
        "",
        "| domain | " + " | ".join(f"band {stratum}" for stratum in strata) + " | rows |",
        "|---|" + "---:|" * (len(strata) + 1),
    ]
    for domain in sorted({domain for domain, _ in cells}):
        counts = [cells[domain, stratum] for stratum in strata]
        lines.append(f"| {domain} | " + " | ".join(map(str, counts)) + f" | {sum(counts)} |")
    for shortfall in shortfalls:
        lines.append("")
        lines.append(
            f"**Short:** {shortfall.domain} has {shortfall.found} rows of {shortfall.wanted} wanted."
        )
    lines += ["", "| left out | rows |", "|---|---:|"]
    lines += [f"| {reason} | {count} |" for reason, count in sorted(left_out.items())]
    lines += ["", "| licence | rows |", "|---|---:|"]
    lines += [
        f"| {name} | {count} |"
        for name, count in sorted(licenses.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "\n".join(lines) + "\n"


def _benchmarks(checked: Sequence[str]) -> str:
    if not checked:
        return "the SFT release was checked against none."
    return f"the SFT release was checked against {', '.join(checked)}."
