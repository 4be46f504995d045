"""Writes small corpora of our own, to be read through the real adapters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_corpus(folder: Path, name: str, rows: list[dict[str, Any]], broken_line: str = "") -> Path:
    """Write rows as JSON lines, one source `<name>-<domain>` per domain, with a source configuration
    beside them; return its path. A broken line ends the first source. Rows may have an `image`: base64."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for domain in dict.fromkeys(row["domain"] for row in rows):
        data = folder / f"{name}-{domain}.jsonl"
        own = [row for row in rows if row["domain"] == domain]
        lines = [json.dumps(row) for row in own]
        if broken_line and not sources:
            lines.append(broken_line)
        data.write_text("".join(line + "\n" for line in lines), "utf-8")
        sources.append(
            {
                "name": f"{name}-{domain}",
                "format": "jsonl",
                "path": data.name,
                "domain": domain,
                "language_column": "language",
                "code_column": "code",
                "id_column": "id",
                **({"image_column": "image"} if any("image" in row for row in own) else {}),
                "license": "CC0-1.0",
                "citation": "written for this test",
            }
        )
    config = folder / f"{name}.yaml"
    config.write_text(json.dumps({"sources": sources}), "utf-8")
    return config
