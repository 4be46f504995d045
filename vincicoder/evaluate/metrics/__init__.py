"""Every metric, one file each. A new one is a file and one line here."""

from __future__ import annotations

from vincicoder.evaluate.metric import Metric
from vincicoder.evaluate.metrics import (
    chart2code,
    chartmimic,
    code_length,
    crystal_bleu,
    design2code,
    edit_similarity,
    extended_edit_distance,
    image2struct,
    molecule,
    picture_error,
    plot2code,
    scrm,
    ssim,
    tree_bleu,
)

METRICS: tuple[Metric, ...] = (
    chart2code.METRIC,
    chartmimic.METRIC,
    code_length.METRIC,
    crystal_bleu.METRIC,
    design2code.METRIC,
    edit_similarity.METRIC,
    extended_edit_distance.METRIC,
    image2struct.METRIC,
    image2struct.BLOCK_DISTANCE,
    molecule.METRIC,
    picture_error.MSE,
    picture_error.PSNR,
    plot2code.METRIC,
    scrm.METRIC,
    ssim.METRIC,
    tree_bleu.METRIC,
)
