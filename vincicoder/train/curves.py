"""The main curves of a run, as one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Curve = Sequence[tuple[int, float]]
"""Values by step, the steps rising."""

# Names under which the trainers write what one looks at first.
HEADLINES = ("loss", "reward", "critic/score/mean", "eval_loss", "token_acc")
# Those of the answers, by split (see `rollouts.RolloutCurves`): for all, and with "/DOMAIN" for each domain.
_BY_DOMAIN = {"reward": "score", "share drawn": "rendered"}


def headlines(curves: Mapping[str, Curve]) -> dict[str, float]:
    """Return the last values that sum a run up: of the trainer's own curves, and of the answers by domain."""
    wanted = ("train/score", "train/rendered", "validation/score", "validation/rendered")
    return {
        name: curve[-1][1]
        for name, curve in sorted(curves.items())
        if curve and (name in HEADLINES or name.startswith(wanted))
    }


def panels(curves: Mapping[str, Curve]) -> dict[str, dict[str, Curve]]:
    """Return a run's curves as the panels of its picture: the trainer's own, then the answers' by domain."""
    shown: dict[str, dict[str, Curve]] = {
        name: {name: curves[name]} for name in HEADLINES if curves.get(name)
    }
    for split in ("train", "validation"):
        for label, term in _BY_DOMAIN.items():
            first = f"{split}/{term}/"
            lines = {name.removeprefix(first): curve for name, curve in sorted(curves.items())
                     if name.startswith(first)}  # fmt: skip
            if lines:
                shown[f"{split}: {label}"] = lines
    return shown


def draw_panels(shown: Mapping[str, Mapping[str, Curve]], path: Path, title: str) -> None:
    """Draw panels one under the other, each with its lines by name, as PNG under a title."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.4 * len(shown)), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize="medium")
    for number, (name_of_panel, lines) in enumerate(shown.items(), 1):
        axes = figure.add_subplot(len(shown), 1, number)
        for name, curve in lines.items():
            marker = "o" if len(curve) == 1 else "None"  # a line through one point shows nothing
            steps, values = [step for step, _ in curve], [value for _, value in curve]
            axes.plot(steps, values, marker=marker, label=name, linewidth=1.2)
        axes.set_ylabel(name_of_panel)
        axes.grid(alpha=0.3)
        if len(lines) > 1 or name_of_panel not in lines:
            axes.legend(fontsize="small")
        if number == len(shown):
            axes.set_xlabel("step")
    figure.savefig(path, dpi=110)
