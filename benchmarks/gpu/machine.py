"""What the figures were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path

from benchmarks.gpu.part import Part

_PACKAGES = (
    "torch", "torchvision", "transformers", "peft", "accelerate", "ms-swift", "trl", "datasets", "numpy",
    "pyarrow", "matplotlib",
)  # fmt: skip


def measure(part: Part) -> None:
    """Note machine and versions. Raises RuntimeError where a GPU is asked for and torch sees none."""
    cpu = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    part.note(
        python=platform.python_version(),
        system=platform.platform(),
        cpu=cpu[0] if cpu else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        versions={name: version for name in _PACKAGES if (version := _version(name))},
    )
    import torch

    if not part.gpu:
        return
    if not torch.cuda.is_available():
        raise RuntimeError("torch sees no GPU here; `--cpu-rehearsal` runs the same code on the CPU")
    properties = torch.cuda.get_device_properties(0)
    asked = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
        driver = done.stdout.strip() or None
    except (OSError, subprocess.TimeoutExpired):
        driver = None
    part.note(
        gpu=properties.name,
        gpu_memory_mb=properties.total_memory >> 20,
        gpus=torch.cuda.device_count(),
        cuda=torch.version.cuda,
        driver=driver,
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
