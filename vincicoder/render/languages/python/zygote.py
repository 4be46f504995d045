"""What a warm process does: one fork per Python sample, watched until it ends."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from vincicoder.render.api import Recording, RenderLimits
from vincicoder.render.languages.python.capture.install import install_hooks
from vincicoder.render.languages.python.chance import seed_numpy
from vincicoder.render.languages.python.child import run_sample
from vincicoder.render.languages.python.imports import Preloader
from vincicoder.render.languages.python.region import Region
from vincicoder.render.languages.python.threads import prepare_thread_pools
from vincicoder.render.sandbox.kernel import use_huge_pages
from vincicoder.render.worker.fork_sandbox import ForkSandbox
from vincicoder.render.worker.fork_watch import SampleExit, await_end

_leave = os._exit  # the sample may have replaced it


class Zygote:
    """Forks the process that it is made in, which has drawn its first pictures and settles here.

    `folder` is where samples may write, `region` where they leave their picture; both are emptied by others.
    """

    def __init__(self, limits: RenderLimits, folder: Path, region: Region, preloader: Preloader) -> None:
        self._limits, self._folder, self._region = limits, folder, region
        self._preloader = preloader
        self._sandbox = ForkSandbox.build(limits, folder)
        gc.collect()
        gc.disable()
        _settle()

    def run(self, code: str, recording: Recording) -> SampleExit:
        """Run the code in a fork, and note what it draws where that is asked for. Raises OSError."""
        if self._preloader.preload(code):
            prepare_thread_pools()
            install_hooks()
            self._sandbox = self._sandbox.as_of_now(self._limits)
            _settle()
        pid = os.fork()
        if pid == 0:
            try:
                run_sample(code, self._folder, self._region, self._sandbox, self._limits, recording)
            finally:
                _leave(0)
        return await_end(pid, self._folder, self._limits)


def _settle() -> None:
    """Leave this process as every later fork should find it."""
    seed_numpy()
    # What is alive now stays: keep the collector from touching, and so copying, its pages.
    gc.freeze()
    use_huge_pages()
