"""The `vincicoder` command. A group's module is imported when the group is asked for: some take a second."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from flows.cli.commands import Commands
from vincicoder import __version__
from vincicoder.sample import InfrastructureError, UserError


@dataclass(frozen=True, slots=True)
class _Command:
    """Where a command is: a module of `flows.cli`, and the group or function there. The help shows it under
    `panel`, and its own help ends with the example."""

    module: str
    attribute: str
    panel: str
    example: str


COMMANDS = {
    "build": _Command("build_group", "app", "Build", "build sft --limit 100 --home ~/home"),
    "sources": _Command("sources", "app", "Build", "sources peek openclipart"),
    "init": _Command("init", "init", "Build", "init own.yaml"),
    "chain": _Command("chain", "chain", "Build", "chain --help"),
    "report": _Command("report", "report", "Look", "report --home ~/home -o report.html"),
    "browse": _Command("browse", "browse", "Look", "browse --home ~/home"),
    "sql": _Command(
        "sql", "sql", "Look", 'sql "SELECT reason, count(*) FROM rejects GROUP BY ALL" --home ~/home'
    ),
    "audit": _Command("release", "audit", "Look", "audit --name close_calls --home ~/home"),
    "release": _Command("release", "app", "Look", "release show --home ~/home"),
    "refine": _Command("refine", "app", "Look", "refine --help"),
    "train": _Command(
        "train", "app", "Train and judge", "train sft --recipe recipes/sft/tiny-cpu.yaml --home ~/home"
    ),
    "runs": _Command("train", "runs_app", "Train and judge", "runs --help"),
    "evaluate": _Command("evaluate", "app", "Train and judge", "evaluate --help"),
    "score": _Command("reward", "score", "Train and judge", "score answer.py --reference target.png"),
    "serve-reward": _Command("reward", "serve_reward", "Train and judge", "serve-reward --port 8901"),
    "render": _Command("render", "render", "This machine", "render chart.py -o chart.png"),
    "doctor": _Command("doctor", "doctor", "This machine", "doctor"),
    "setup": _Command("setup", "setup", "This machine", "setup libraries"),
}


# Of the commands inside a group.
EXAMPLES = {
    "build sft": "--profile packages --limit 100 --home ~/home",
    "build rl": "--recipe default --limit 100 --home ~/home",
    "sources peek": "openclipart -n 3 -o peek",
    "release list": "--home ~/home",
    "release show": "--release current --home ~/home",
    "release verify": "current --home ~/home",
    "release diff": "packages-0ff9ad9c64ae current --home ~/home",
    "release check-svg": "current --home ~/home",
    "release export": "current -o webdataset --home ~/home",
    "release push": "current --to me/pictures --home ~/home",
    "refine sheet": "-o flaws.png --home ~/home",
    "refine costs": "--home ~/home",
    "refine try": "chart.py",
    "train sft": "--recipe recipes/sft/tiny-cpu.yaml --home ~/home",
    "train grpo": "--recipe recipes/grpo/tiny-cpu.yaml --home ~/home",
    "runs show": "sft-tiny-cpu-1a2b3c4d5e6f --home ~/home",
    "runs sheets": "grpo-tiny-cpu-1a2b3c4d5e6f --home ~/home",
    "evaluate compare": "evaluate-validation-0b17fe87bf0d evaluate-validation-5d2c9a7e1f30 --home ~/home",
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
            typer.echo(f"vincicoder: {_in_one_line(error)}", err=True)
            raise typer.Exit(1) from error

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        named = COMMANDS[cmd_name]
        found = getattr(import_module(f"flows.cli.{named.module}"), named.attribute)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            found = alone
        command: Any = get_command(found)
        command.name = cmd_name
        command.rich_help_panel = named.panel
        command.epilog = f"Example: vincicoder {named.example}"
        for name, inside in getattr(command, "commands", {}).items():
            inside.epilog = f"Example: vincicoder {cmd_name} {name} {EXAMPLES[f'{cmd_name} {name}']}"
        return command


def _in_one_line(error: Exception) -> str:
    from pydantic import ValidationError

    from vincicoder.yaml_file import wrong_fields

    return wrong_fields(error) if isinstance(error, ValidationError) else str(error)


def _is_expected(error: Exception) -> bool:
    from pydantic import ValidationError

    return isinstance(error, UserError | InfrastructureError | FileNotFoundError | ValidationError)


app = typer.Typer(
    name="vincicoder",
    cls=_Commands,
    help="Build image-code training sets whose every picture was rendered from its own code.",
    no_args_is_help=True,
    epilog="Exit codes: 0 done; 1 it failed, or a check found something; 2 wrong words, or nothing of that "
    "name; 130 interrupted (what is finished is kept).",
    add_completion=True,
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
