"""The renderer of a Python worker: which warm process forks for a sample, and the result of how it ended.

The worker itself is the light one, with matplotlib and numpy alone: a fork of it costs half. Code that
imports anything else is run by its child, `python_heavy`.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from vincicoder.render.api import Recording, RenderLimits
from vincicoder.render.files import empty_folder, lay_files
from vincicoder.render.finish import measure
from vincicoder.render.languages.python.capture.deferred import Deferred, hand_over, missing_tools
from vincicoder.render.languages.python.capture.install import install_hooks
from vincicoder.render.languages.python.chance import fix_new_generators
from vincicoder.render.languages.python.changed_calls import watch_pandas
from vincicoder.render.languages.python.changed_drawing import watch_matplotlib
from vincicoder.render.languages.python.heavy import HeavyProcess
from vincicoder.render.languages.python.imports import Preloader, is_light
from vincicoder.render.languages.python.region import Region
from vincicoder.render.languages.python.trace.unpainted import needs_painting
from vincicoder.render.languages.python.warm_imports import import_heavy, import_light
from vincicoder.render.languages.python.warm_up import warm_up_heavy, warm_up_light
from vincicoder.render.languages.python.zygote import Zygote
from vincicoder.render.protocol import HandOver, Picture, Refusal
from vincicoder.render.worker.fork_watch import SampleExit
from vincicoder.sample import MACHINE_DEPENDENT_REASONS, DataFile, InfrastructureError, Reason

_ATTEMPTS_AFTER_KILL = 2
_FOLDER_MODE = 0o700


class PythonRenderer:
    """Implements `WorkerRenderer` by forking warm processes, their plotting libraries already imported."""

    def prepare(self, cache: Path) -> None:
        """Import matplotlib, while the cache of font names can still be written."""
        import_light(cache)

    def __init__(self) -> None:
        self._data: Sequence[DataFile] = ()

    def bring(self, files: Sequence[DataFile]) -> None:
        """Have the next samples find these files in the folder that they run in."""
        self._data = files

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Draw once, so that lazy tables are filled, and compile the sandbox's rules."""
        self._limits = limits
        # One folder for all samples, emptied after each: the sandbox's rules name it once.
        self._folder = workspace / "sample"
        self._folder.mkdir(mode=_FOLDER_MODE)
        self._region = Region(limits)
        fix_new_generators()
        install_hooks()
        warm_up_light()
        watch_matplotlib()
        self._heavy = HeavyProcess(self._become_heavy)
        measure(np.zeros((8, 8, 3), np.uint8))  # what the worker does with every picture
        self._light = Zygote(limits, self._folder, self._region, Preloader(light=True))

    def _become_heavy(self) -> Zygote:
        import_heavy()
        install_hooks()
        warm_up_heavy()
        watch_pandas()
        return Zygote(self._limits, self._folder, self._region, Preloader())

    def render(self, code: str, recording: Recording = Recording.NONE) -> Picture | Refusal | HandOver:
        """Run the code in a fork and return the picture it drew last, or the page that draws it; with a
        record of what it drew with matplotlib, where one is asked for."""
        if recording is not Recording.ALONE:
            return self._render(code, recording)
        if not needs_painting(code):
            outcome = self._render(code, recording)
            if not isinstance(outcome, Refusal) or outcome.reason in MACHINE_DEPENDENT_REASONS:
                return outcome
        return self._render(code, Recording.BESIDE)  # it may want to look at its own picture

    def _render(self, code: str, recording: Recording) -> Picture | Refusal | HandOver:
        zygote = self._light if is_light(code) else self._heavy
        unseen_seconds = 0.0  # of CPU, in forks that are not this process's children
        for _attempt in range(_ATTEMPTS_AFTER_KILL):
            outcome, ended = self._run_once(zygote, code, recording)
            if zygote is self._heavy:
                unseen_seconds += ended.cpu_seconds
            if isinstance(outcome, Deferred):
                if missing := missing_tools(outcome):
                    detail = f"to draw this figure here, {'; '.join(missing)}"
                    return Refusal(Reason.RENDER_UNSUPPORTED, detail)
                return replace(hand_over(outcome), cpu_seconds=unseen_seconds)
            # Nobody but a stranger, or the sample itself, sends SIGKILL: ask again who it was.
            if outcome is not None:
                return outcome
        return Refusal(Reason.RENDER_CRASHED, "killed its own process: SIGKILL, twice")

    def _run_once(
        self, zygote: Zygote | HeavyProcess, code: str, recording: Recording
    ) -> tuple[Picture | Refusal | Deferred | None, SampleExit]:
        try:
            self._region.clear()
            lay_files(self._folder, self._data)
            ended = zygote.run(code, recording)
            return ended.cut_short or self._judge(ended), ended
        except OSError as error:
            raise InfrastructureError(f"cannot run a sample: {error}") from error
        finally:
            empty_folder(self._folder)

    def _judge(self, ended: SampleExit) -> Picture | Refusal | Deferred | None:
        code = ended.code
        if code == 0:
            said = self._region.read()
            if said is not None:
                return said
            return Refusal(
                Reason.RENDER_CRASHED, "ended its own process (os._exit) before the end of the code"
            )
        if late := ended.over_cpu_limit(self._limits):
            return late
        if code == -signal.SIGKILL:
            return None
        if code < 0:
            said = self._region.read()
            if isinstance(said, Refusal) and said.reason is Reason.RENDER_OUT_OF_MEMORY:
                return said
            return Refusal(Reason.RENDER_CRASHED, f"crashed: {signal.Signals(-code).name}")
        return Refusal(Reason.RENDER_CRASHED, f"ended its own process with exit code {code} (os._exit)")

    def close(self) -> None:
        """End the second process; no sample is running."""
        self._heavy.close()
