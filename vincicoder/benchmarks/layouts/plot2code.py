"""Plot2Code: 132 plots of matplotlib's gallery, and since 2024-08 plots of Plotly's documentation."""

from __future__ import annotations

from vincicoder.benchmarks.benchmark import Benchmark
from vincicoder.sample import Domain

BENCHMARK = Benchmark(
    name="plot2code",
    source="TencentARC/Plot2Code@12bd95a plot2code/utils.py (test/metadata.jsonl); the data set's folders "
    "data/{python_matplotlib,python_plotly,r_plotly}/test",
    domain=Domain.CHART,
    language="python",
    images=("ground_truth_image",),
    groups=("python_matplotlib", "python_plotly", "r_plotly"),
    aside=("r_plotly",),  # R, which has no renderer here
    hub=("TencentARC/Plot2Code",),
)
