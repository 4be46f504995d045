"""One small program a language, to make faults in."""

PROGRAMS = {
    "python": (
        "import matplotlib.pyplot as plt\n\n"
        "fig, ax = plt.subplots(1, 2, figsize=(8, 4))\n"
        "ax[0].bar([1, 2, 3], [4, 9, 2], color='red', width=0.5)\n"
        "ax[1].plot([1, 2, 3], [2, 1, 5], color='blue', label='sales')\n"
        "ax[1].set_xlabel('Year')\n"
        "ax[1].set_ylabel('Profit')\n"
        "ax[1].legend(loc='upper left')\n"
        "for n in range(10):\n"
        "    ax[0].text(n, n, 'mark')\n"
        "plt.savefig('a.png')\n"
    ),
    "html": (
        "<!DOCTYPE html>\n<html><head>"
        "<style>.card { color: red; display: flex; padding: 10px }</style></head>"
        "<body><h1>Title of it</h1><div class='card'><p>First words</p><p>Second words</p>"
        "<button>Press</button></div></body></html>\n"
    ),
    "svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">\n'
        '  <rect x="10" y="10" width="30" height="30" fill="red"/>\n'
        '  <circle cx="70" cy="70" r="20" fill="blue"/>\n'
        '  <text x="5" y="90">Some words</text>\n</svg>\n'
    ),
    "latex": (
        "\\documentclass{standalone}\n\\usepackage{tikz}\n\\begin{document}\n\\begin{tikzpicture}\n"
        "\\draw[thick, red] (0,0) -- (2,2);\n\\fill[blue] (1,0) circle (0.5);\n"
        "\\node[above] at (3,1) {Some words};\n\\end{tikzpicture}\n\\end{document}\n"
    ),
    "graphviz": "digraph {\n  rankdir=LR\n  a [shape=box color=red]\n  a -> b [label=go]\n  b -> c\n}\n",
    "mermaid": "flowchart TD\n  A[Start] --> B{Check}\n  B -->|yes| C[Done]\n  B -->|no| A\n",
    "vega-lite": (
        '{"data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 7}]}, "mark": "bar",\n'
        ' "encoding": {"x": {"field": "a", "type": "nominal"}, '
        '"y": {"field": "b", "type": "quantitative"}}}\n'
    ),
    "asymptote": "size(100);\ndraw((0,0)--(2,3), red);\nfill(circle((1,1), 0.5), blue);\n",
    "lilypond": "\\version \"2.24.0\"\n{ \\clef treble \\time 3/4 c'4 d'4 e'4 f'2. }\n",
}
MOLECULE = (
    "from rdkit import Chem\nfrom rdkit.Chem import Draw\n\n"
    "Draw.MolToImage(Chem.MolFromSmiles('CC(=O)Oc1ccccc1')).save('m.png')\n"
)
