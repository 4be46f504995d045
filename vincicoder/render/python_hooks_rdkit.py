"""Catches what rdkit's own canvases draw."""

from __future__ import annotations

from typing import Any

from vincicoder.render.python_hooks import Pixels, captured, decode_picture


def hook_rdkit() -> None:
    """Put the hooks into rdkit's drawing classes."""
    try:
        from rdkit.Chem.Draw import rdMolDraw2D
    except ImportError:
        return
    for name in ("MolDraw2DCairo", "MolDraw2DSVG"):
        drawer = getattr(rdMolDraw2D, name, None)
        if drawer is None:
            continue
        drawer.GetDrawingText = _keeping(drawer.GetDrawingText)
        # The file that WriteDrawingText writes is found at the sample's end.


def _keeping(original: Any) -> Any:
    def get_drawing_text(self: Any) -> Any:
        text = original(self)
        data = text if isinstance(text, bytes) else text.encode()

        def picture() -> Pixels:
            pixels = decode_picture(data)
            if pixels is None:
                raise ValueError("rdkit drew a picture that cannot be decoded")
            return pixels

        captured.left = picture
        return text

    return get_drawing_text
