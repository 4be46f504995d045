"""The `vincicoder` command."""

from __future__ import annotations

import typer

from flows import (
    cli_build,
    cli_build_rl,
    cli_chain,
    cli_doctor,
    cli_refine,
    cli_release,
    cli_render,
    cli_reward,
    cli_sources,
    cli_train,
)

app = typer.Typer(
    name="vincicoder",
    help="Build image-code training sets whose every picture was rendered from its own code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli_build.app.command()(cli_build_rl.rl)
app.add_typer(cli_build.app, name="build")
app.add_typer(cli_release.app, name="release")
app.add_typer(cli_refine.app, name="refine")
app.add_typer(cli_sources.app, name="sources")
app.add_typer(cli_train.app, name="train")
app.add_typer(cli_train.runs_app, name="runs")
app.command()(cli_chain.chain)
app.command()(cli_release.audit)
app.command()(cli_render.render)
app.command()(cli_reward.score)
app.command()(cli_reward.serve_reward)
app.command()(cli_doctor.doctor)

if __name__ == "__main__":
    app()
