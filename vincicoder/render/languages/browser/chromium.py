"""Finds, starts and stops Chromium's headless shell, without network and background services."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

from vincicoder.render.fonts import FONT_CONFIGURATION
from vincicoder.render.languages.browser.cdp import CdpPipe
from vincicoder.render.processes import process_tree
from vincicoder.sample import InfrastructureError

EXECUTABLE_VARIABLE = "VINCICODER_CHROMIUM"
KNOWN_PLACES = ("/usr/lib/chromium/chromium-headless-shell", "/opt/google/chrome/chrome-headless-shell")
KNOWN_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "headless_shell",
    "chromium",
    "google-chrome",
)
PLAYWRIGHT_PATTERNS = (
    "chromium_headless_shell-*/chrome-*/*headless*shell",
    "chromium-*/chrome-linux*/chrome",
)

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--block-new-web-contents",  # window.open and target=_blank open nothing
    "--deny-permission-prompts",
    "--disable-notifications",
    "--disable-lcd-text",  # sub-pixel colours would depend on the machine
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    "--lang=en-US",
    "--mute-audio",
    "--disable-site-isolation-trials",  # one renderer process serves every page
    "--disable-features=BackForwardCache,DialMediaRouteProvider,IsolateOrigins,MediaRouter,"
    "OptimizationHints,PaintHolding,SpareRendererForSitePerProcess,Translate,site-per-process",
    # No name and no address resolves, loopback included; the engine's empty network namespace comes on top.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def find_chromium() -> Path | None:
    """Return the browser to use: VINCICODER_CHROMIUM's, Debian's, the PATH's or Playwright's."""
    override = os.environ.get(EXECUTABLE_VARIABLE)
    if override:
        return Path(override) if os.access(override, os.X_OK) else None
    for place in KNOWN_PLACES:
        if os.access(place, os.X_OK):
            return Path(place)
    for name in KNOWN_NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright").expanduser()
    for pattern in PLAYWRIGHT_PATTERNS:
        for candidate in sorted(downloads.glob(pattern), reverse=True):
            if os.access(candidate, os.X_OK):
                return candidate
    return None


class Browser:
    """One running Chromium and the pipe to it. `workspace` holds its profile; the caller empties it."""

    def __init__(self, executable: Path, workspace: Path) -> None:
        to_browser_read, to_browser_write = os.pipe()
        from_browser_read, from_browser_write = os.pipe()
        # High numbers, so that the child can move them to 3 and 4 without treading on each other.
        child_read = fcntl.fcntl(to_browser_read, fcntl.F_DUPFD_CLOEXEC, 64)
        child_write = fcntl.fcntl(from_browser_write, fcntl.F_DUPFD_CLOEXEC, 64)

        def prepare_child() -> None:
            os.dup2(child_read, 3)
            os.dup2(child_write, 4)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        profile = workspace / "profile"
        profile.mkdir(parents=True, exist_ok=True)
        environment = {
            "HOME": str(workspace),
            "TMPDIR": str(workspace),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "FONTCONFIG_FILE": str(FONT_CONFIGURATION),
        }
        command = [
            str(executable),
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            "--no-sandbox",
            *FLAGS,
            "about:blank",
        ]
        try:
            self._process = subprocess.Popen(
                command,
                preexec_fn=prepare_child,
                close_fds=False,  # descriptors 3 and 4 must pass; all others close by themselves
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=workspace,
                env=environment,
            )
        except OSError as error:
            os.close(to_browser_write)
            os.close(from_browser_read)
            raise InfrastructureError(f"cannot start {executable}: {error}") from error
        finally:
            for descriptor in (to_browser_read, from_browser_write, child_read, child_write):
                os.close(descriptor)
        self.pipe = CdpPipe(to_browser_write, from_browser_read)

    @property
    def process_id(self) -> int:
        """The id of the browser's main process."""
        return self._process.pid

    def kill(self) -> None:
        """End the browser and everything it started, at once."""
        for process in process_tree(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()
        self.pipe.close()
