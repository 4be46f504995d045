"""Catches pygal's charts, which are SVG, where they are rendered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vincicoder.render.languages.python.capture.captured import Pixels, captured, decode_drawn, is_unwritable
from vincicoder.render.languages.python.capture.deferred import Deferred


def hook_pygal() -> None:
    """Put the hooks into what all kinds of charts inherit."""
    from pygal.graph.public import PublicApi
    from pygal.svg import Svg

    original = PublicApi.render

    def render(self: Any, *arguments: Any, **options: Any) -> Any:
        drawn = original(self, *arguments, **options)
        encoded = drawn.encode() if isinstance(drawn, str) else bytes(drawn)
        captured.add_output(lambda: decode_drawn(encoded))
        return drawn

    def render_to(name: str) -> Any:
        """Return a save that the place alone cannot make fail."""
        save = getattr(PublicApi, name)

        def saved(self: Any, filename: Any = None, *arguments: Any, **options: Any) -> Any:
            try:
                return save(self, filename, *arguments, **options)
            except OSError:
                if not is_unwritable(filename):
                    raise

        return saved

    def render_in_browser(self: Any, **options: Any) -> None:
        self.render(**options)

    PublicApi.render, PublicApi.render_in_browser = render, render_in_browser
    PublicApi.render_to_file, PublicApi.render_to_png = map(render_to, ("render_to_file", "render_to_png"))
    # They show words under a mouse, and come over the network.
    Svg.add_scripts = lambda self: None


def last_pygal_chart(names: Mapping[str, Any]) -> Pixels | Deferred | None:
    """Return the chart that the code bound last to a name and never rendered."""
    from pygal.graph.graph import Graph

    for value in reversed(list(names.values())):
        if isinstance(value, Graph) and value.raw_series:
            with captured.quiet():
                return decode_drawn(bytes(value.render()))
    return None
