"""How every command ends on errors that a user can fix, and on Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from storage.errors import HomeError
from storage.scratch import remove_own_folders

# Ctrl-C ends running shards within this time: what they have not finished is made again by the next run.
END_SECONDS = 10.0
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Commands(TyperGroup):
    """The root of all commands."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; exit 1 with a message for a home's faults, 130 when interrupted."""
        try:
            return super().invoke(ctx)
        except HomeError as error:
            typer.echo(f"vincicoder: {error}", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            _leave()


def _leave() -> NoReturn:
    """End this process: running threads get some seconds; files are whole or not there at any moment."""
    with contextlib.suppress(KeyboardInterrupt):  # pressed again: at once
        typer.echo("vincicoder: interrupted; what is finished is kept, the same command goes on", err=True)
        deadline = time.monotonic() + END_SECONDS
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join(max(0.0, deadline - time.monotonic()))
    remove_own_folders()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
