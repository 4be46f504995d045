"""Those of Mermaid's hostile samples that try what its earlier versions had to guard themselves."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import HostileSuite
from vincicoder.render.languages.mermaid.hostile import SUITE as WHOLE

_CHOSEN = (
    *("empty", "script_in_label", "handler_in_label", "script_link", "loose_security", "polluted_prototype"),
    *("leaking_style", "style_from_loopback"),
)

SUITE = HostileSuite(WHOLE.neighbours, tuple(one for one in WHOLE.samples if one.name in _CHOSEN))
