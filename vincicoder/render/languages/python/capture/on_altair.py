"""Catches altair's charts where they would be saved or shown: Vega-Lite draws the last one afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.deferred import VegaLiteChart
from vincicoder.render.languages.python.capture.on_data_sets import with_data_sets


def hook_altair() -> None:
    """Put the hooks into what all kinds of charts inherit."""
    mixin = _base()

    def save(self: Any, fp: Any, format: Any = None, *_: Any, scale_factor: float = 1, **__: Any) -> None:
        """Note the chart. No file is written: what it would hold is drawn after the code has ended."""
        _note(self, scale_factor)

    def show(self: Any, *_: Any, **__: Any) -> None:
        _note(self)

    def bundle(self: Any, *_: Any, **__: Any) -> dict[str, Any]:
        _note(self)
        return {}

    for name in ("to_json", "to_html"):
        setattr(mixin, name, _noting(getattr(mixin, name)))
    mixin.save, mixin.show, mixin.display, mixin._repr_mimebundle_ = save, show, show, bundle


def _noting(convert: Any) -> Any:
    """Return a conversion to text that notes the chart: it is what the code is after."""

    def converted(self: Any, *arguments: Any, **options: Any) -> Any:
        _note(self)
        with captured.quiet():
            return convert(self, *arguments, **options)

    return converted


def last_chart(names: Mapping[str, Any]) -> VegaLiteChart | None:
    """Return the chart that the code bound last to a name and neither saved nor showed."""
    mixin = _base()
    found = next((value for value in reversed(list(names.values())) if isinstance(value, mixin)), None)
    return None if found is None else _describe(found)


def _base() -> Any:
    import altair

    return next(kind for kind in altair.Chart.__mro__ if kind.__name__ == "TopLevelMixin")


def _note(chart: Any, scale: float = 1) -> None:
    if not captured.is_quiet:
        figure = _describe(chart, scale)
        captured.add_output(lambda: figure)


def _describe(chart: Any, scale: float = 1) -> VegaLiteChart:
    return VegaLiteChart(json.dumps(with_data_sets(chart.to_dict())), float(scale))
