"""Runs at the start of every Python of a trainer's process tree (this folder is put on PYTHONPATH)."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "vincicoder_torchvision_cpu", Path(__file__).parents[2] / "similarity/encoders/torchvision_cpu.py"
)
if _spec is not None and _spec.loader is not None:
    _module = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(_module)
    _module.install()
