"""Catches the graphs of the `graphviz` package where it would start `dot`: a Graphviz worker draws the
last one afterwards. Until then the code gets a blank picture, as `blank.py` tells."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from vincicoder.render.languages.python.capture.blank import BLANK_FORMATS, blank, watch_decoding
from vincicoder.render.languages.python.capture.captured import SampleRefusedError, captured, is_unwritable
from vincicoder.render.languages.python.capture.deferred import DotGraph
from vincicoder.sample import Reason

# The graph's own size is known only when it has been laid out.
_BLANK_SIZE = (640, 480)
# Up to the root graph's brace, which may follow comments, a preprocessor's line and a quoted name.
_OPENING = re.compile(r'(?:[^{"/#]|//[^\n]*|/\*.*?\*/|#[^\n]*|"(?:[^"\\]|\\.)*")*+\{', re.DOTALL)


def hook_graphviz() -> None:
    """Put the hooks into the package. All its pictures are made by one function, `run_check`."""
    from graphviz.backend import execute, mixins, viewing
    from graphviz.saving import Save

    original_save, original_open = Save.save, Image.open

    def save(self: Any, filename: Any = None, directory: Any = None, **options: Any) -> Any:
        """Write the source; where its place cannot be written, beside the code."""
        try:
            return original_save(self, filename, directory=directory, **options)
        except OSError:
            if not is_unwritable(self.filepath):
                raise
            return original_save(self, Path(self.filepath).name, directory="", **options)

    def show_nothing(filepath: Any, *, quiet: bool = False) -> None:
        """Stand for the viewer: what it would show has been noted when it was made."""

    def open_picture(fp: Any, *rest: Any, **options: Any) -> Any:
        """Open a picture that the code believes to be where it could not be written."""
        try:
            return original_open(fp, *rest, **options)
        except OSError:
            if not is_unwritable(fp) or not Path(Path(fp).name).is_file():
                raise
            return original_open(Path(fp).name, *rest, **options)

    Save.save, Image.open = save, open_picture
    execute.run_check = _run_check
    mixins.View._view_linux = viewing.view.linux = staticmethod(show_nothing)
    watch_decoding()


def last_graph(names: Mapping[str, Any]) -> DotGraph | None:
    """Return the graph that the code bound last to a name of its own and neither rendered nor showed."""
    from graphviz.rendering import Render

    for value in reversed(list(names.values())):
        if isinstance(value, Render) and getattr(value, "body", True):
            return DotGraph(_with_engine(str(value.source), str(value.engine)))
    return None


def _run_check(cmd: Any, *, input_lines: Any = None, encoding: str | None = None, quiet: bool = False,
               input: Any = None, cwd: Any = None, **_: Any) -> subprocess.CompletedProcess[Any]:  # fmt: skip
    """Stand for `dot` as the package starts it: `dot -Kengine -Tformat[:renderer...]`, and then nothing
    (the graph comes as `input` or `input_lines`), or `-O file`, or `-o output file`."""
    program, *arguments = map(str, cmd)
    flags = {argument[:2]: argument[2:] for argument in arguments if argument.startswith("-")}
    form = flags.get("-T", "").partition(":")[0]
    if program != "dot" or form not in BLANK_FORMATS or "-n" in flags:
        line = " ".join(map(str, cmd))
        raise SampleRefusedError(
            Reason.RENDER_MISSING_DEPENDENCY,
            f"needs what another program says while the code runs: {line[:200]!r}; of Graphviz only "
            f"pictures ({', '.join(sorted(BLANK_FORMATS))}) are made, after the code has ended",
        )
    folder = Path(cwd or "")
    if "-O" in flags or "-o" in flags:
        path = folder / arguments[-1]
        source: Any = path.read_bytes()
    else:
        source = input if input_lines is None else [*input_lines]
    graph = DotGraph(_with_engine(_text(source), flags["-K"]))
    captured.add_output(lambda: graph)
    data = blank(graph, _BLANK_SIZE, form)
    if "-O" in flags:
        suffix = ".".join(reversed(flags["-T"].split(":")))
        path.with_name(f"{path.name}.{suffix}").write_bytes(data)
    elif "-o" in flags:
        with suppress(OSError):  # a folder that is not here says nothing about the picture
            (folder / arguments[-2]).write_bytes(data)
    stdout = data.decode(encoding) if encoding else data
    return subprocess.CompletedProcess(cmd, 0, stdout, type(stdout)())


def _text(source: Any) -> str:
    """Return the graph's text, given as bytes, as text, or as a list of either."""
    if isinstance(source, list):
        return "".join(map(_text, source))
    return source.decode("utf-8", "replace") if isinstance(source, bytes) else str(source)


def _with_engine(source: str, engine: str) -> str:
    """Return the graph with its layout engine written into it; what the graph itself says goes before."""
    opening = _OPENING.match(source)
    if engine == "dot" or opening is None:
        return source
    return f"{opening[0]} layout={engine};{source[opening.end() :]}"
