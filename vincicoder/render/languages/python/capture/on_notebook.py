"""What a notebook gives its code: `display`, `get_ipython` and IPython's modules, without a notebook.

What code displays is an output, as a save or a show is. Questions to the notebook have no answer: its shell
is false, and does nothing. All of it is put into the sample's own process, never into a warm one: libraries
behave otherwise where they see a notebook.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured, decode_drawn
from vincicoder.render.languages.python.capture.nobody import NOBODY


def bring_notebook() -> None:
    """In a sample's process: let it use what a notebook would have."""
    vars(builtins).update(display=display, get_ipython=lambda: NOBODY)
    sys.meta_path.insert(0, _Finder())


def display(*shown: Any, **_: Any) -> None:
    """Note every figure and picture among what is displayed; tables and texts are none."""
    for one in shown:
        before = captured.outputs
        for library, show in _SHOWS.items():
            if library in sys.modules and show(sys.modules[library], one):
                break
        else:
            _show_bundle(one, before)


def _show_matplotlib(figure: Any, one: Any) -> bool:
    from vincicoder.render.languages.python.capture.on_matplotlib import capture_shown

    if not isinstance(one, figure.Figure):
        return False
    capture_shown(one)
    return True


def _show_animation(animation: Any, one: Any) -> bool:
    if not isinstance(one, animation.Animation):
        return False
    one.to_jshtml()  # a still of it is noted there
    return True


def _show_plotly(base: Any, one: Any) -> bool:
    if not isinstance(one, base.BaseFigure):
        return False
    one.show()
    return True


def _show_pillow(image: Any, one: Any) -> bool:
    if not isinstance(one, image.Image):
        return False
    one.show()
    return True


_SHOWS: dict[str, Callable[[Any, Any], bool]] = {
    "matplotlib.figure": _show_matplotlib,
    "matplotlib.animation": _show_animation,
    "plotly.basedatatypes": _show_plotly,
    "PIL.Image": _show_pillow,
}


def _show_bundle(one: Any, before: int) -> None:
    """Note what an object says to be its picture, unless saying so has noted it."""
    for name in ("_repr_mimebundle_", "_repr_image_svg_xml", "_repr_svg_", "_repr_png_"):
        with suppress(Exception):
            data = getattr(one, name)()
            if isinstance(data, dict):
                data = data.get("image/svg+xml") or data.get("image/png")
            if captured.outputs == before and data:
                encoded = data.encode() if isinstance(data, str) else bytes(data)
                captured.add_output(lambda encoded=encoded: decode_drawn(encoded))  # type: ignore[misc]
        if captured.outputs > before:
            return


class _Shown:
    """Stands for IPython's HTML, Markdown, Video and others, which no picture comes of."""

    def __init__(self, data: Any = None, *_: Any, **__: Any) -> None:
        self.data = data


class _Picture(_Shown):
    """Stands for IPython's Image and SVG: encoded data, or the name of a file."""

    def __init__(self, data: Any = None, *_: Any, filename: Any = None, **__: Any) -> None:
        if filename is None and isinstance(data, str) and len(data) < 1000 and "<" not in data:
            filename = data
        super().__init__(data if filename is None else Path(filename).read_bytes())

    def _repr_png_(self) -> Any:
        return self.data


class _InteractiveShell:
    """Stands for the class whose settings code changes."""

    ast_node_interactivity = "last_expr"

    @classmethod
    def instance(cls) -> Any:
        return NOBODY


def _nothing(*_: Any, **__: Any) -> None:
    """Stand for what only changes how a notebook looks."""


_TEXTS = (
    "HTML", "Markdown", "Math", "Latex", "JSON", "Javascript", "Video", "Audio", "IFrame", "Pretty", "Code",
    "YouTubeVideo", "FileLink", "FileLinks", "GeoJSON", "ProgressBar", "DisplayHandle", "TextDisplayObject",
)  # fmt: skip
_SILENT = ("clear_output", "set_matplotlib_formats", "set_matplotlib_close", "publish_display_data")
_DISPLAYS = ("display", "update_display", "display_png", "display_svg", "display_html", "display_jpeg")
_OF_DISPLAY: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, _Shown),
    **dict.fromkeys(_SILENT, _nothing),
    **dict.fromkeys(_DISPLAYS, display),
    "Image": _Picture,
    "SVG": _Picture,
}
_OFNOBODY = {"InteractiveShell": _InteractiveShell, "get_ipython": lambda: NOBODY}
_MODULES: dict[str, dict[str, Any]] = {
    "IPython": {"get_ipython": lambda: NOBODY, "display": None, "version_info": (8, 0, 0, ""),
                "__version__": "8.0.0"},
    "IPython.display": _OF_DISPLAY,
    "IPython.core": {},
    "IPython.core.display": _OF_DISPLAY,
    "IPython.core.interactiveshell": _OFNOBODY,
    "IPython.core.getipython": _OFNOBODY,
    "matplotlib_inline": {},
    "matplotlib_inline.backend_inline": {name: _nothing for name in _SILENT},
}  # fmt: skip


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds IPython's modules here, whether or not IPython is installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _MODULES:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in _MODULES)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(_MODULES[module.__name__])
        if module.__name__ == "IPython":
            module.display = importlib.import_module(f"{module.__name__}.display")  # type: ignore[attr-defined]
