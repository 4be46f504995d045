"""Writes small corpora of our own, to be read through the real adapters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_corpus(folder: Path, name: str, rows: list[dict[str, Any]], broken_lines: str = "") -> Path:
    """Write rows as JSON lines with a source configuration beside them; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"{name}.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows) + broken_lines, "utf-8")
    entry = {
        "name": name,
        "format": "jsonl",
        "path": str(data),
        "domain": {"column": "domain"},
        "language": {"column": "language"},
        "code": "code",
        "id": "id",
        "license": "CC0-1.0",
        "citation": "written for this test",
    }
    config = folder / f"{name}.yaml"
    config.write_text(json.dumps({"sources": [entry]}), "utf-8")
    return config
