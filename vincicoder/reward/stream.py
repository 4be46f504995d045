"""Rendering in a thread of its own, a few pictures ahead of who compares them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

from vincicoder.render import RenderResult
from vincicoder.reward.rendering import ProgramKey, Renderer

_PICTURES_AHEAD = 8  # at most 48 MB each, usually 1 MB
_Entry = tuple[ProgramKey, RenderResult]


class RenderStream:
    """Draws programs in the background once it is made; iterate it for the results, then `stop` it."""

    def __init__(self, renderer: Renderer, programs: Sequence[ProgramKey]) -> None:
        self._done: queue.Queue[_Entry | BaseException | None] = queue.Queue(_PICTURES_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(renderer, programs), name="reward-rendering", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[_Entry]:
        """Yield every program's result as it finishes. Raises what rendering raised."""
        while (entry := self._done.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            yield entry

    def stop(self) -> None:
        """Leave the rest undone and end the thread."""
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._done.get(timeout=0.05)
            except queue.Empty:
                continue
        self._thread.join()

    def _run(self, renderer: Renderer, programs: Sequence[ProgramKey]) -> None:
        end: BaseException | None = None
        try:
            for entry in renderer.draw(programs):
                if self._stopped.is_set():
                    break
                self._done.put(entry)
        except BaseException as error:
            end = error
        self._done.put(end)
