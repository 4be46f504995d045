"""Catches what Indigo and rdkit draw: in memory, or for a file whose place cannot be written."""

from __future__ import annotations

from typing import Any

from vincicoder.render.languages.python.capture.captured import captured, decode_drawn, is_unwritable


def hook_indigo() -> None:
    """Put the hooks into Indigo's renderer. A file it writes is found at the sample's end."""
    from indigo.renderer import IndigoRenderer

    for kind in ("render", "renderGrid"):
        to_buffer, to_file = (
            getattr(IndigoRenderer, f"{kind}ToBuffer"),
            getattr(IndigoRenderer, f"{kind}ToFile"),
        )
        setattr(IndigoRenderer, f"{kind}ToBuffer", _keeping(to_buffer))
        setattr(IndigoRenderer, f"{kind}ToFile", _forgiving(to_file, to_buffer))


def _keeping(original: Any) -> Any:
    def render_to_buffer(self: Any, *arguments: Any, **options: Any) -> Any:
        drawn = original(self, *arguments, **options)
        data = bytes(drawn)
        captured.add_left(lambda: decode_drawn(data))
        return drawn

    return render_to_buffer


def _forgiving(original: Any, to_buffer: Any) -> Any:
    def render_to_file(self: Any, *arguments: Any, **options: Any) -> Any:
        """Arguments end with the file's name (a grid's titles and columns come in between)."""
        from indigo import IndigoException

        try:
            return original(self, *arguments, **options)
        except IndigoException:
            name = next((value for value in arguments if isinstance(value, str)), "")
            suffix = name.rpartition(".")[2].lower()
            if not is_unwritable(name) or suffix not in ("png", "svg"):
                raise
            self._session.setOption("render-output-format", suffix)
            data = bytes(to_buffer(self, *(value for value in arguments if value is not name), **options))
            captured.add_output(lambda: decode_drawn(data))
            return None

    return render_to_file


def hook_rdkit() -> None:
    """Put the hooks into rdkit's drawing classes. A file it writes is found at the sample's end."""
    try:
        from rdkit.Chem.Draw import rdMolDraw2D
    except ImportError:
        return
    for name in ("MolDraw2DCairo", "MolDraw2DSVG"):
        drawer = getattr(rdMolDraw2D, name, None)
        if drawer is not None:
            drawer.GetDrawingText = _keeping_text(drawer.GetDrawingText)


def _keeping_text(original: Any) -> Any:
    def get_drawing_text(self: Any) -> Any:
        text = original(self)
        data = text if isinstance(text, bytes) else text.encode()
        captured.add_left(lambda: decode_drawn(data))
        return text

    return get_drawing_text
