"""The `vincicoder` command. A group's module is imported when the group is asked for: some take a second."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from flows.cli.commands import Commands
from vincicoder import __version__
from vincicoder.sample import InfrastructureError, UserError

# The command's name, the module of `flows.cli` that has it, and the group or function there.
_COMMANDS = {
    "build": ("build_group", "app"),
    "release": ("release", "app"),
    "audit": ("release", "audit"),
    "sql": ("sql", "sql"),
    "report": ("report", "report"),
    "browse": ("browse", "browse"),
    "refine": ("refine", "app"),
    "sources": ("sources", "app"),
    "train": ("train", "app"),
    "runs": ("train", "runs_app"),
    "chain": ("chain", "chain"),
    "evaluate": ("evaluate", "app"),
    "render": ("render", "render"),
    "score": ("reward", "score"),
    "serve-reward": ("reward", "serve_reward"),
    "doctor": ("doctor", "doctor"),
    "setup": ("setup", "setup"),
}


class _Commands(Commands):
    """The commands by name, each imported at its first use."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command. An error whose message is all that a user needs ends it with exit code 1; any other
        is a bug, and shows its traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not _is_expected(error):
                raise
            typer.echo(f"vincicoder: {error}", err=True)
            raise typer.Exit(1) from error

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        found = getattr(import_module(f"flows.cli.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            found = alone
        command = get_command(found)
        command.name = cmd_name
        return command


def _is_expected(error: Exception) -> bool:
    from pydantic import ValidationError

    return isinstance(error, UserError | InfrastructureError | FileNotFoundError | ValidationError)


app = typer.Typer(
    name="vincicoder",
    cls=_Commands,
    help="Build image-code training sets whose every picture was rendered from its own code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vincicoder {__version__}")
        raise typer.Exit


@app.callback()
def vincicoder(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Build image-code training sets whose every picture was rendered from its own code."""


if __name__ == "__main__":
    app()
