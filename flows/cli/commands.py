"""How every command ends on errors that a user can fix, and on Ctrl-C."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
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
_NO_SUCH_USER = "Could not determine home directory."  # as pathlib says it
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Commands(TyperGroup):
    """The root of all commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an empty word: mostly a variable of the shell that is not set."""
        for before, word in itertools.pairwise(["vincicoder", *args]):
            if word == "" or re.fullmatch(r"--[\w-]+=", word):
                named = word.removesuffix("=") or before
                raise typer.BadParameter(f"received nothing for {named}: give a value, or leave it out")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; exit 1 with a message for a home's faults, 130 when interrupted."""
        try:
            return super().invoke(ctx)
        except HomeError as error:
            typer.echo(f"vincicoder: {error}", err=True)
            raise typer.Exit(1) from error
        except RuntimeError as error:
            if str(error) != _NO_SUCH_USER:
                raise
            typer.echo("vincicoder: a path starts with ~ and the name of no user: write it in full", err=True)
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
