"""Every benchmark, one file each. A new one is a file and one line here.

No data was at hand: layouts were read in repositories and data set pages, which each file names.
"""

from __future__ import annotations

from types import MappingProxyType

from vincicoder.benchmarks.layouts import (
    chart2code,
    chartmimic,
    chartx,
    datikz,
    design2code,
    image2struct,
    molecules,
    omni_i2c,
    plot2code,
    realchart2code,
    sarena,
    svg_bench,
    unisvg,
    vision2code,
    visplotbench,
    webcode2m,
)

BENCHMARKS = MappingProxyType(
    {
        module.BENCHMARK.name: module.BENCHMARK
        for module in (
            chart2code,
            chartmimic,
            chartx,
            datikz,
            design2code,
            image2struct,
            molecules,
            omni_i2c,
            plot2code,
            realchart2code,
            sarena,
            svg_bench,
            unisvg,
            vision2code,
            visplotbench,
            webcode2m,
        )
    }
)
"""By name. A hub id that could not be confirmed is left out: name it yourself."""
