"""`vincicoder build sft --dry-run`: the plan of a build, as tables or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from vincicoder.config import BuildConfig


def show_dry_run(config: BuildConfig, home: str, as_json: bool) -> None:
    """Print what a build of this configuration would do. Under `strict` a shortfall ends with exit 1."""
    from flows.dry_run import dry_run
    from flows.pipeline import recorded_config

    plan = dry_run(config, home, recorded_config(config))
    short = [quota for quota in plan.quotas if quota.shortfall]
    if as_json:
        typer.echo(json.dumps(plan.as_json()))
    else:
        console = Console()
        sources = Table("source", "domain", "rows", "shards", "how much is known", title="Sources")
        for source in plan.sources:
            known = source.note or ("finished before" if source.finished else "rows counted")
            sources.add_row(source.name, source.domain, str(source.rows), str(source.shards), known)
        console.print(sources)
        quotas = Table("quota", "wanted", "finished", "at most to come", "expected", "short", title="Quotas")
        for quota in plan.quotas:
            wanted = "all" if quota.wanted is None else str(quota.wanted)
            numbers = [quota.finished, quota.at_most, quota.expected, quota.shortfall or ""]
            quotas.add_row(quota.name, wanted, *(str(number) for number in numbers))
        console.print(quotas)
        console.print(
            f"recipe {plan.recipe}: {plan.rows} rows in {plan.shards} shards would be collected into "
            f"{plan.home}; {len(short)} quotas fall short. Nothing was started.",
            soft_wrap=True,
        )
    if short and config.strict:
        raise typer.Exit(1)
