"""Every metric, one file each. A new one is a file and one line here."""

from __future__ import annotations

from vincicoder.evaluate.metric import Metric
from vincicoder.evaluate.metrics import chartmimic, edit_similarity, picture_error, ssim

METRICS: tuple[Metric, ...] = (
    chartmimic.METRIC,
    edit_similarity.METRIC,
    picture_error.MSE,
    picture_error.PSNR,
    ssim.METRIC,
)
