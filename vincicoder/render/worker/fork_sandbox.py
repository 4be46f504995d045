"""What confines a sample that runs in a fork of a warm process."""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import dataclass, replace
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.sandbox import kernel, landlock, namespaces, paths, seccomp
from vincicoder.render.worker.descriptors import open_files, open_sockets, reopen


@dataclass(frozen=True, slots=True)
class ForkSandbox:
    """What confines a sample, made once in the warm process so that a fork only has to apply it."""

    ruleset: int  # Landlock descriptor, -1 where there is none
    program: bytes  # seccomp filter, empty where there is none
    address_space_bytes: int
    inherited_sockets: tuple[int, ...]  # descriptors that a sample must not have
    inherited_files: tuple[int, ...]  # that it must not share

    @staticmethod
    def build(limits: RenderLimits, folder: Path) -> ForkSandbox:
        """Prepare every layer that works here; samples may write below `folder` only."""
        ruleset = -1
        if landlock.version() > 0:
            readable = paths.readable_by_samples()
            if namespaces.WORKSPACE in folder.parents:
                readable.append(Path("/proc"))  # of this worker's namespace: it shows no stranger
            font_cache = os.environ.get("MPLCONFIGDIR")
            if font_cache:
                readable.append(Path(font_cache))
            ruleset = landlock.create_ruleset(readable, [folder, *paths.writable_devices()])
        try:
            program = seccomp.build_filter(for_sample=True)
        except (ImportError, OSError):
            program = b""
        return ForkSandbox(ruleset, program, 0, open_sockets(), ()).as_of_now(limits)

    def as_of_now(self, limits: RenderLimits) -> ForkSandbox:
        """Return the same for the files that the warm process has open by now, with room for `memory_mb`
        beyond what it holds."""
        in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        address_space_bytes = in_use + (limits.memory_mb << 20)
        return replace(self, address_space_bytes=address_space_bytes, inherited_files=open_files())

    def apply(self, limits: RenderLimits) -> None:
        """Confine this forked process, for good. Raises OSError."""
        kernel.die_with_parent(signal.SIGKILL)
        for descriptor in self.inherited_sockets:
            os.close(descriptor)
        reopen(self.inherited_files)
        cpu = max(int(limits.cpu_seconds + 0.999), 1)
        resource.setrlimit(resource.RLIMIT_AS, (self.address_space_bytes, self.address_space_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_mb << 20, limits.output_mb << 20))
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        kernel.forbid_new_privileges()
        if self.ruleset >= 0:
            landlock.restrict_self(self.ruleset)
            os.close(self.ruleset)
        if self.program:
            seccomp.load_filter(self.program)
