"""A small corpus of our own in several languages, with rows that must be rejected: some seconds of work."""

from __future__ import annotations

import json
from pathlib import Path

_CIRCLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80">'
    '<circle cx="{x}" cy="40" r="{radius}" fill="{fill}"/></svg>'
)
_CHART = (
    "import matplotlib.pyplot as plt\n\nplt.plot([0, 1, 2], [{values}])\nplt.title('{title}')\nplt.show()\n"
)
_PAGE = "<!DOCTYPE html>\n<html><body style='margin:20px'><h1>{title}</h1><p>Some text.</p></body></html>\n"
_FIGURE = (
    "\\documentclass{{standalone}}\n\\usepackage{{tikz}}\n\\begin{{document}}\n"
    "\\begin{{tikzpicture}}\\draw[thick] (0,0) -- ({x},2) -- (3,0);\\end{{tikzpicture}}\n\\end{{document}}\n"
)
_FILLS = ("teal", "navy", "maroon", "olive", "purple")


def write_corpus(folder: Path) -> Path:
    """Write 13 programs, two of them bad, and return the configuration of their sources."""
    rows = [
        ("svg", "svg", _CIRCLE.format(x=20 + 12 * n, radius=8 + 4 * n, fill=fill))
        for n, fill in enumerate(_FILLS)
    ]
    rows += [
        ("chart", "python", _CHART.format(values=f"{n}, {n * n % 5}, 3", title=f"no. {n}")) for n in range(2)
    ]
    rows += [("web", "html", _PAGE.format(title="Page " * (n + 1))) for n in range(1)]
    rows += [("latex", "latex", _FIGURE.format(x=n)) for n in range(1, 2)]
    rows += [("diagram", "graphviz", f"digraph {{ a -> {' -> '.join('bcdef'[: n + 2])} }}") for n in range(2)]
    rows += [
        ("svg", "svg", "<svg><g></svg>   broken"),
        ("chart", "python", _CHART.format(values="1", title="x")),
    ]
    sources = []
    for domain in dict.fromkeys(row[0] for row in rows):
        lines = [
            json.dumps({"id": f"{domain}{n}", "language": language, "code": code})
            for n, (_, language, code) in enumerate(row for row in rows if row[0] == domain)
        ]
        (folder / f"{domain}.jsonl").write_text("\n".join(lines) + "\n")
        sources.append(
            {
                "name": f"own-{domain}",
                "format": "jsonl",
                "path": f"{domain}.jsonl",
                "domain": domain,
                "language_column": "language",
                "id_column": "id",
                "license": "CC0-1.0",
                "citation": "written for this campaign",
            }
        )
    config = folder / "own.yaml"
    config.write_text(json.dumps({"sources": sources}))
    recipe = folder / "few.yaml"
    recipe.write_text(json.dumps({"rows": 8, "domains": {"svg": 0.5, "chart": 0.5}}))
    return config
