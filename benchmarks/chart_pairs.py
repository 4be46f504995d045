"""Pairs of chart programs, reference and answer, of the kinds of drawing that chart metrics tell apart."""

from __future__ import annotations

_HEAD = """import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 6, 25)
"""
_SAVE = "\nplt.savefig('chart.png')\n"

# A drawing, and two ways to get it wrong: what is replaced by what.
_DRAWINGS: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    (
        "plt.plot(x, np.sin(x), label='sine')\nplt.plot(x, np.cos(x), 'r--', label='cosine')\nplt.legend()",
        ("'r--'", "'g--'"),
        ("label='sine'", "label='Sine'"),
    ),
    (
        "plt.bar(['a', 'b', 'c'], [3, 1, 2], color=['#1b9e77', '#d95f02', '#7570b3'])\nplt.ylabel('Count')",
        ("plt.bar(", "plt.barh("),
        ("'#d95f02'", "'#d9af02'"),
    ),
    (
        "f, (a, b) = plt.subplots(1, 2)\na.scatter(x, x ** 2, c='teal')\n"
        "b.hist(np.sin(x), bins=8, color='gold')"
        "\nf.suptitle('Two views')\na.set_title('points')\nb.set_title('counts')",
        ("plt.subplots(1, 2)", "plt.subplots(2, 1)"),
        ("color='gold'", "color='olive'"),
    ),
    (
        "plt.scatter(x, np.cos(x), c=x, cmap='plasma')\nplt.colorbar(label='height')",
        ("'plasma'", "'viridis'"),
        ("plt.colorbar(label='height')", "plt.title('height')"),
    ),
    (
        "plt.pie([4, 3, 2, 1], labels=['north', 'east', 'south', 'west'], autopct='%1.0f%%')",
        ("[4, 3, 2, 1]", "[4, 3, 3, 1]"),
        ("autopct='%1.0f%%'", "colors=['red', 'green', 'blue', 'black']"),
    ),
    (
        "p = plt.boxplot([x, x ** 1.2, np.sin(x)], patch_artist=True)\n"
        "for box, color in zip(p['boxes'], ['pink', 'lightblue', 'lightgreen']):\n"
        "    box.set_facecolor(color)",
        ("'lightblue'", "'navy'"),
        ("patch_artist=True)", "patch_artist=True, notch=True)\nplt.xlabel('group')"),
    ),
    (
        "plt.violinplot([np.sin(x), np.cos(x)])\nplt.axhline(0, color='grey')\nplt.axvline(1.5, color='k')",
        ("color='grey'", "color='firebrick'"),
        ("plt.axvline(1.5, color='k')", "plt.axvspan(1, 2, color='k', alpha=0.2)"),
    ),
    (
        "plt.fill_between(x, np.sin(x), color='skyblue')\n"
        "plt.errorbar(x, np.sin(x), yerr=0.1, color='navy')\n"
        "plt.text(1, 0, 'two\\nlines')",
        ("two\\nlines", "two\\nrows"),
        ("plt.errorbar(x, np.sin(x), yerr=0.1, color='navy')", "plt.plot(x, np.sin(x), color='navy')"),
    ),
    (
        "plt.imshow(np.outer(x, np.sin(x)), cmap='magma')\nplt.title(r'$\\alpha$ field')",
        ("plt.imshow(", "plt.contourf("),
        ("'magma'", "'gray'"),
    ),
    (
        "a = plt.subplot(projection='polar')\na.plot(x, np.abs(np.sin(x)))\n"
        "a.fill(x, np.cos(x) ** 2, alpha=0.3)",
        ("a.fill(x, np.cos(x) ** 2, alpha=0.3)", "a.bar(x, np.cos(x) ** 2, width=0.2)"),
        ("a.plot(x, np.abs(np.sin(x)))", "a.plot(x, np.abs(np.sin(x)), color='red')"),
    ),
    (
        "a = plt.figure().add_subplot(projection='3d')\na.scatter(x, np.sin(x), np.cos(x), c='green')\n"
        "a.set_zlabel('depth')",
        ("c='green'", "c='lime'"),
        ("a.scatter(x, np.sin(x), np.cos(x), c='green')", "a.plot(x, np.sin(x), np.cos(x), c='green')"),
    ),
    (
        "for n, h in enumerate(np.linspace(1, 5, 14)):\n    plt.bar(n, h, color=plt.cm.tab20(n))\n"
        "plt.hlines([1, 2], 0, 13, colors=['black', 'red'])",
        ("np.linspace(1, 5, 14)", "np.linspace(1, 5, 11)"),
        ("plt.cm.tab20(n)", "plt.cm.viridis(n * 18)"),
    ),
    (
        "plt.quiver([0, 1], [0, 1], [1, 0], [1, -1], color=['blue', 'orange'])\n"
        "plt.gca().add_patch(plt.Circle((0.5, 0.5), 0.2, color='plum'))\nplt.gcf().text(0.1, 0.9, 'arrows')",
        ("color='plum'", "color='peru'"),
        ("'arrows'", "'flow'"),
    ),
    (
        "f = plt.figure()\ng = f.add_gridspec(2, 3)\nfor place in (g[0, :], g[1, :2], g[1, 2]):\n"
        "    f.add_subplot(place).plot(x, np.sqrt(x))\nf.axes[0].set_xlabel('wide')",
        ("g[1, :2], g[1, 2]", "g[1, 0], g[1, 1:]"),
        ("f.add_gridspec(2, 3)", "f.add_gridspec(2, 4)"),
    ),
    (
        "plt.broken_barh([(1, 2), (4, 1)], (0, 3), facecolors=['tab:blue', 'tab:red'])\n"
        "plt.tricontour(x, np.sin(x), np.cos(x))\nplt.stem(x, np.sin(x))",
        ("'tab:red'", "'tab:pink'"),
        ("plt.stem(x, np.sin(x))", "plt.step(x, np.sin(x))"),
    ),
)


def chart_pairs() -> list[tuple[str, str]]:
    """Return 30 pairs of programs: reference and answer."""
    return [
        (_program(drawing), _program(drawing.replace(*change)))
        for drawing, *changes in _DRAWINGS
        for change in changes
    ]


def _program(drawing: str) -> str:
    return f"{_HEAD}{drawing}{_SAVE}"
