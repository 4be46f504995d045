"""Those of Python's hostile samples that try what could differ in another environment: its files, its
libraries and their hooks, both warm processes, the hand-over of figures."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import HostileSuite
from vincicoder.render.languages.python.hostile import SUITE as WHOLE

_CHOSEN = (
    *("empty", "reads_the_canary", "looks_for_the_secret", "loopback_connection", "missing_module"),
    *("kills_everything_with_pandas", "huge_canvas", "patches_the_warm_process", "plotly_calls_out"),
)

SUITE = HostileSuite(WHOLE.neighbours, tuple(one for one in WHOLE.samples if one.name in _CHOSEN))
