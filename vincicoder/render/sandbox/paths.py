"""Which files a confined process may read."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

_SYSTEM = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/nix/store",
    "/var/lib/texmf",
    "/var/cache/fontconfig",
    "/sys/devices/system",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/alternatives",
    "/etc/texmf",
    "/etc/R",
    "/etc/papersize",
    "/etc/paperspecs",
    "/etc/libpaper.d",
    "/etc/mime.types",
    "/etc/ssl/certs",
    "/etc/chromium",
    "/etc/chromium.d",
    "/etc/gtk-3.0",
    "/etc/matplotlibrc",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
]
_DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
_PROCESSES = [
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/version",
    "/proc/loadavg",
]


def package_root() -> Path:
    """Return the directory that holds the `vincicoder` package."""
    return Path(__file__).resolve().parents[3]


def readable_by_samples() -> list[Path]:
    """Return the system's programs, libraries and fonts, Python's own, and harmless devices."""
    found = [Path(text) for text in (*_SYSTEM, *_DEVICES, *_PROCESSES)]
    # The packages only, not the whole prefix: a virtual environment may lie inside a project.
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    found += [
        Path(prefix) / part for prefix in prefixes for part in ("lib", "lib64", "bin", "share", "pyvenv.cfg")
    ]
    found += [Path(entry) for entry in (*site.getsitepackages(), site.getusersitepackages())]
    found += [Path(entry) for entry in sys.path if entry and "site-packages" in entry]
    found.append(package_root() / "vincicoder")
    browser = os.environ.get("VINCICODER_CHROMIUM")  # may lie in the user's home
    if browser:
        found.append(Path(browser).resolve().parent)
    libraries = os.environ.get("VINCICODER_LIBRARIES")  # likewise
    if libraries:
        found.append(Path(libraries))
    tools = os.environ.get("VINCICODER_LANGUAGES")  # likewise
    if tools:
        found.append(Path(tools))
    return found


def writable_devices() -> list[Path]:
    """Return devices that any program may write to without effect."""
    return [Path("/dev/null"), Path("/dev/full"), Path("/dev/zero")]
