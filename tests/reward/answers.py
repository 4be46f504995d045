"""Answers for the reward's tests: charts, icons, and how they are fenced."""

from __future__ import annotations

CHART = """
import matplotlib.pyplot as plt
plt.figure(figsize=(6, 4))
plt.plot([1, 2, 3, 4], [3, 1, 4, 2], label="North")
plt.bar([1, 2, 3, 4], [1, 2, 1, 2], color="orange", label="South")
plt.title("Quarterly sales")
plt.legend()
plt.savefig("chart.png")
"""


def fenced(code: str, name: str = "python") -> str:
    return f"Here it is:\n```{name}\n{code}\n```\n"


def icon(number: int) -> str:
    """Return one of many distinct SVG icons with a word in it."""
    hue, x = number * 47 % 360, 60 + number % 7 * 30
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300" viewBox="0 0 300 300">'
        f'<circle cx="{x}" cy="{90 + number % 5 * 25}" r="60" fill="hsl({hue},80%,50%)"/>'
        f'<rect x="20" y="210" width="{120 + number}" height="50" fill="#223355"/>'
        f'<text x="30" y="245" font-size="28" fill="white">item {number}</text></svg>'
    )
