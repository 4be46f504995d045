"""Catches what rdkit's own canvases draw."""

from __future__ import annotations

from typing import Any

from vincicoder.render.python_capture import captured, decode_drawn


def hook_rdkit() -> None:
    """Put the hooks into rdkit's drawing classes. A file it writes is found at the sample's end."""
    try:
        from rdkit.Chem.Draw import rdMolDraw2D
    except ImportError:
        return
    for name in ("MolDraw2DCairo", "MolDraw2DSVG"):
        drawer = getattr(rdMolDraw2D, name, None)
        if drawer is not None:
            drawer.GetDrawingText = _keeping(drawer.GetDrawingText)


def _keeping(original: Any) -> Any:
    def get_drawing_text(self: Any) -> Any:
        text = original(self)
        data = text if isinstance(text, bytes) else text.encode()
        captured.add_left(lambda: decode_drawn(data))
        return text

    return get_drawing_text
