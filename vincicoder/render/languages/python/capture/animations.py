"""Matplotlib's animations as one still: the last frame, or the hundredth of those that have no end."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured, is_unwritable

ENDLESS_FRAMES = 100
MAX_FRAMES = 2000  # of those with an end, so that a film of an hour shows its beginning

_animations: list[weakref.ref[Any]] = []
_played: weakref.WeakSet[Any] = weakref.WeakSet()
_STILL_FORMATS = (".gif", ".png", ".webp", ".apng")


def hook_animations(show: Callable[[Any], None], write: Callable[[Any, Path], None]) -> None:
    """Make every way to run, save or convert an animation an output: one still of it.

    `show` notes a figure as it is now; `write` saves it to a file of which the code may read the size.
    """
    from matplotlib import animation

    original_init = animation.Animation.__init__

    def init(self: Any, *arguments: Any, **options: Any) -> None:
        original_init(self, *arguments, **options)
        _animations.append(weakref.ref(self))

    def save(self: Any, filename: Any, *_: Any, extra_anim: Any = None, **__: Any) -> None:
        for one in (self, *(extra_anim or ())):
            _play(one)
        show(self._fig)
        _leave_file(self._fig, filename, write)

    def convert(self: Any, *_: Any, **__: Any) -> str:
        _play(self)
        show(self._fig)
        return ""

    _put(animation.Animation, "__init__", init)
    _put(animation.Animation, "save", save)
    for name in ("to_jshtml", "to_html5_video", "_repr_html_"):
        _put(animation.Animation, name, convert)
    _hook_writers(animation, show, write)


def _hook_writers(animation: Any, show: Callable[[Any], None], write: Callable[[Any, Path], None]) -> None:
    """Let films be written frame by frame, without the program that would encode them."""

    def setup(self: Any, fig: Any, outfile: Any, dpi: Any = None, *_: Any, **__: Any) -> None:
        self.fig, self.outfile, self.dpi = fig, outfile, fig.dpi if dpi is None else dpi

    def grab_frame(self: Any, **_: Any) -> None:
        """Every frame but the last is drawn over."""

    def finish(self: Any) -> None:
        show(self.fig)
        _leave_file(self.fig, self.outfile, write)

    writers = (animation.MovieWriter, animation.FileMovieWriter, animation.PillowWriter, animation.HTMLWriter)
    for writer in writers:
        for replacement in (setup, grab_frame, finish):
            _put(writer, replacement.__name__, replacement)
    _put(animation.MovieWriter, "isAvailable", classmethod(lambda _: True))
    _put(animation.MovieWriterRegistry, "is_available", lambda self, name: name in self._registered)


def play_animations(figure: Any) -> bool:
    """Bring a figure's living animations to the frame that stands for them; return whether there are any.

    Those whose variable is gone have stopped, as they have in a window.
    """
    living = [one for one in (reference() for reference in _animations) if one is not None]
    mine = [one for one in living if getattr(one, "_fig", None) is figure]
    for one in mine:
        _play(one)
    return bool(mine)


def _play(one: Any) -> None:
    if one in _played:
        return
    _played.add(one)
    one._draw_was_started = True  # no warning that it was deleted without rendering
    one._fig.canvas._is_saving = True  # so that a frame which draws the figure does not begin it again
    one._init_draw()
    frames = one.new_saved_frame_seq()
    ends = getattr(one, "_save_count", None) is not None or hasattr(one, "_framedata")
    drawn = 0
    for frame in islice(frames, MAX_FRAMES if ends else ENDLESS_FRAMES):
        one._draw_next_frame(frame, blit=False)
        drawn += 1
    captured.note(f"animation_frame:{drawn}")


def _leave_file(figure: Any, target: Any, write: Callable[[Any, Path], None]) -> None:
    """Leave a file where the code may look for its film: a still picture, or nothing in it."""
    if not isinstance(target, str | os.PathLike) or is_unwritable(target):
        return
    path = Path(target)
    with suppress(OSError):
        if path.suffix.lower() in _STILL_FORMATS:
            write(figure, path)
        else:
            path.touch()


def _put(owner: Any, name: str, replacement: Any) -> None:
    setattr(owner, name, replacement)
