"""A small source of pictures of our own, for releases to train on."""

from __future__ import annotations

import json
from pathlib import Path

_COLORS = ("red", "green", "blue", "orange", "purple", "teal", "black", "gray")


def _programs() -> list[dict[str, str]]:
    rows = []
    for number, color in enumerate(_COLORS * 3):
        size = 20 + 9 * number
        shapes = f'<rect x="10" y="10" width="{size}" height="{240 - size}" fill="{color}"/>'
        shapes += f'<circle cx="200" cy="{30 + 8 * number}" r="{8 + number}" fill="navy"/>' * (number % 3)
        rows.append(
            {
                "id": f"shape-{number:02d}",
                "code": f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">{shapes}</svg>',
            }
        )
    return rows


def write_shapes(folder: Path) -> Path:
    """Write a source of 24 pictures and return its configuration file."""
    (folder / "shapes.jsonl").write_text("\n".join(json.dumps(row) for row in _programs()))
    (folder / "own.yaml").write_text(
        "sources:\n  - {name: shapes, format: jsonl, path: shapes.jsonl, domain: svg, language: svg, "
        "id_column: id, license: CC0-1.0, citation: ours}\n"
    )
    return folder / "own.yaml"
