"""Judges answers to benchmarks: items, answers, metrics in two modes, intervals, comparisons."""
