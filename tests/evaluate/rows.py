"""The programs of the release that evaluations are of, and answers to its rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

CHART = """import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(4, 3))
axes.{draw}
axes.set_title('{title}')
plt.savefig('chart.png')
"""
DRAWINGS = (
    "plot([1, 3, 2, 5])",
    "bar(['a', 'b', 'c'], [3, 1, 2], color='teal')",
    "barh(['one', 'two'], [4, 9], color='firebrick')",
    "scatter([1, 2, 3, 4], [4, 1, 3, 2], c='purple', s=90)",
    "pie([1, 2, 3], labels=['x', 'y', 'z'])",
    "fill_between([0, 1, 2, 3], [1, 4, 2, 3], color='gold')",
    "boxplot([[1, 2, 3, 9], [2, 3, 4, 5]])",
    "imshow([[1, 2, 3], [3, 1, 2]], cmap='viridis')",
)
COLUMNS = {
    "format": "jsonl",
    "id_column": "id",
    "code_column": "code",
    "license": "CC0-1.0",
    "citation": "Ours",
}


def rows_of(home: Path) -> list[dict[str, Any]]:
    files = sorted((home / "releases/sft/current/data").glob("validation-*.parquet"))
    return [row for path in files for row in pq.read_table(path).to_pylist()]


def write_answers(path: Path, answers: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps({"item_id": i, "answer": a}) + "\n" for i, a in answers.items()))
    return path


def fenced(row: dict[str, Any], code: str | None = None) -> str:
    return f"Here it is.\n```{row['language']}\n{code or row['code']}\n```\n"
