"""Programs of our own, good and bad, and what a build must say of each."""

from __future__ import annotations

from typing import Any

CIRCLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80">'
    '<circle cx="40" cy="40" r="{radius}" fill="{fill}"/></svg>'
)
CHART = """import matplotlib.pyplot as plt

plt.plot([0, 1, 2], [{values}])
plt.title('{title}')
plt.savefig('chart.png')
"""
PAGE = """<!DOCTYPE html>
<html><body style='margin:20px'><h1>{title}</h1><p>A paragraph of text.</p></body></html>
"""
FIGURE = r"""\documentclass{{standalone}}
\usepackage{{tikz}}
\begin{{document}}
\begin{{tikzpicture}}\draw[thick] (0,0) -- ({x},2) -- (3,0);\end{{tikzpicture}}
\end{{document}}
"""
MOLECULE = """from rdkit import Chem
from rdkit.Chem import Draw

Draw.MolToImage(Chem.MolFromSmiles('{smiles}'), size=(300, 200)).save('m.png')
"""

# (id, domain, language, code, reason or None when it must be released)
Case = tuple[str, str, str, Any, str | None]

GOOD: list[Case] = [
    ("circle", "svg", "svg", CIRCLE.format(radius=30, fill="teal"), None),
    ("chart", "chart", "python", CHART.format(values="1, 3, 2", title="first"), None),
    ("page", "web", "html", PAGE.format(title="Hello"), None),
    ("figure", "latex", "latex", FIGURE.format(x=1), None),
    ("molecule", "molecule", "python", MOLECULE.format(smiles="CCO"), None),
    ("digraph", "diagram", "graphviz", "digraph { start -> middle -> end }", None),
]

BAD: list[Case] = [
    ("null", "svg", "svg", None, "collect.no_code"),
    ("spaces", "svg", "svg", "  \n ", "collect.no_code"),
    ("number", "svg", "svg", 17, "collect.malformed_row"),
    ("nul", "chart", "python", "print(1)\u0000", "collect.not_text"),
    ("cobol", "chart", "cobol", "DISPLAY 'HELLO'.  STOP RUN.", "collect.unknown_language"),
    ("tiny", "svg", "svg", "<svg/>", "clean.too_short"),
    ("long", "web", "html", "<p>" + "word " * 10_000, "clean.too_long"),
    ("syntax", "chart", "python", "import matplotlib.pyplot as plt\nplt.plot([1, 2\n", "clean.syntax_error"),
    ("same", "svg", "svg", CIRCLE.format(radius=30, fill="teal"), "dedup.exact_code"),
    (
        "raises",
        "chart",
        "python",
        "At first:\n```python\nimport numpy\n```\nAll of it:\n"
        "```python\nimport matplotlib.pyplot as plt\nplt.plot([1], [1, 2])\n```\n",
        "render.error",
    ),
    ("quiet", "chart", "python", "total = sum(range(10))\nprint(total)\n", "render.no_output"),
    (
        "missing",
        "chart",
        "python",
        "import not_a_package_at_all\nnot_a_package_at_all.draw()\n",
        "render.missing_dependency",
    ),
    ("endless", "chart", "python", "import matplotlib\nwhile True:\n    pass\n", "render.timeout"),
    ("undefined", "latex", "latex", FIGURE.format(x=1).replace("\\draw", "\\notacommand"), "render.error"),
    ("blank", "svg", "svg", CIRCLE.format(radius=30, fill="white"), "verify.blank"),
    (
        "respaced",
        "svg",
        "svg",
        CIRCLE.format(radius=30, fill="teal").replace("><", ">\n  <") + "\n<!-- the same program -->\n",
        "dedup.exact_code",
    ),
    ("renumbered", "svg", "svg", CIRCLE.format(radius="30.000", fill="teal"), "dedup.exact_image"),
    (
        "retitled",
        "chart",
        "python",
        CHART.format(values="1, 3, 2", title="first!"),
        "dedup.near_image",
    ),
]


def rows(cases: list[Case]) -> list[dict[str, Any]]:
    """The cases as rows of a corpus."""
    return [
        {"id": name, "domain": domain, "language": language, "code": code}
        for name, domain, language, code, _ in cases
    ]
