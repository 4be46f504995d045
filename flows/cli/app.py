"""The `vincicoder` command."""

from __future__ import annotations

import typer

from flows.cli import build, build_rl, chain, doctor, refine, release, render, reward, sources, train

app = typer.Typer(
    name="vincicoder",
    help="Build image-code training sets whose every picture was rendered from its own code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
build.app.command()(build_rl.rl)
app.add_typer(build.app, name="build")
app.add_typer(release.app, name="release")
app.add_typer(refine.app, name="refine")
app.add_typer(sources.app, name="sources")
app.add_typer(train.app, name="train")
app.add_typer(train.runs_app, name="runs")
app.command()(chain.chain)
app.command()(release.audit)
app.command()(render.render)
app.command()(reward.score)
app.command()(reward.serve_reward)
app.command()(doctor.doctor)

if __name__ == "__main__":
    app()
