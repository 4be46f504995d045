"""Renders in a thread of its own, a few pictures ahead of the comparison."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

from vincicoder.render import RenderResult
from vincicoder.reward.items import ProgramKey
from vincicoder.reward.rendering import Renderer

_LOOK_SECONDS = 0.1
_PICTURES_AHEAD = 8  # at most 48 MB each, usually 1 MB
_Entry = tuple[ProgramKey, RenderResult]


class AbandonedError(Exception):
    """The caller no longer waits for the batch."""


class RenderStream:
    """Draws programs in the background once it is made; iterate it for the results, then `stop` it.

    Once `abandoned` is set, iterating raises AbandonedError.
    """

    def __init__(
        self, renderer: Renderer, programs: Sequence[ProgramKey], abandoned: threading.Event | None = None
    ) -> None:
        self._abandoned = abandoned or threading.Event()
        self._done: queue.Queue[_Entry | BaseException | None] = queue.Queue(_PICTURES_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(renderer, programs), name="reward-rendering", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[_Entry]:
        """Yield every program's result as it finishes. Raises what rendering raised, and AbandonedError."""
        while True:
            if self._abandoned.is_set():
                raise AbandonedError("nobody waits for these pictures any more")
            try:
                entry = self._done.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if entry is None:
                return
            if isinstance(entry, BaseException):
                raise entry
            yield entry

    def stop(self) -> None:
        """Leave the rest undone, what is being drawn too, and end the thread."""
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._done.get(timeout=_LOOK_SECONDS / 2)
            except queue.Empty:
                continue
        self._thread.join()

    def _run(self, renderer: Renderer, programs: Sequence[ProgramKey]) -> None:
        end: BaseException | None = None
        try:
            for entry in renderer.draw(programs, self._stopped):
                if self._stopped.is_set():
                    break
                self._done.put(entry)
        except BaseException as error:
            end = error
        self._done.put(end)
