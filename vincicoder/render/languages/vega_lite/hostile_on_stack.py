"""Those of Vega-Lite's hostile samples that try what another version of its libraries guards itself."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import HostileSuite
from vincicoder.render.languages.vega_lite.hostile import SUITE as WHOLE

_CHOSEN = (
    *("empty", "rows_from_loopback", "rows_from_file", "picture_from_loopback", "function_constructor"),
    *("way_to_window", "markup_in_title"),
)

SUITE = HostileSuite(WHOLE.neighbours, tuple(one for one in WHOLE.samples if one.name in _CHOSEN))
