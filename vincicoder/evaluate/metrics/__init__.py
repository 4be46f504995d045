"""Every metric, one file each. A new one is a file and one line here."""

from __future__ import annotations

from vincicoder.evaluate.metric import Metric
from vincicoder.evaluate.metrics import (
    chartmimic,
    edit_similarity,
    molecule,
    picture_error,
    plot2code,
    ssim,
    tree_bleu,
)

METRICS: tuple[Metric, ...] = (
    chartmimic.METRIC,
    edit_similarity.METRIC,
    molecule.METRIC,
    picture_error.MSE,
    picture_error.PSNR,
    plot2code.METRIC,
    ssim.METRIC,
    tree_bleu.METRIC,
)
