"""Confines a started worker: capabilities, files, system calls. Irreversible, inherited by its children."""

from __future__ import annotations

import os
import resource
from collections.abc import Collection
from pathlib import Path

from vincicoder.render.sandbox import kernel, landlock, namespaces, paths, seccomp


def confine_worker(layers: Collection[str], workspace: Path, readable: Collection[Path]) -> None:
    """Apply the named layers (see `report`) to this worker process. Raises OSError.

    The worker keeps what browsers and TeX need: child processes, its own /proc, and writing below
    `workspace`. `readable` adds paths that it may read, such as a cache.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "namespaces" in layers:
        namespaces.freeze_files()
    if "capabilities" in layers:
        kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    if "landlock" in layers:
        # Browsers do not run without /proc, and their watch looks there. In namespaces it is a new one. Where
        # it is everyone's, Landlock still refuses the memory, environment and files of outsiders.
        allowed = [*paths.readable_by_samples(), *readable, Path("/proc")]
        ruleset = landlock.create_ruleset(allowed, [workspace, *paths.writable_devices()])
        landlock.restrict_self(ruleset)
        os.close(ruleset)
    if "seccomp" in layers:
        seccomp.load_filter(seccomp.build_filter(for_sample=False))
