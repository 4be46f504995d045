"""`vincicoder build sft --dry-run`: the plan of a build, as tables or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from flows.cli.tables import print_table

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
        print_table(
            ("source", "domain", "rows", "shards", "how much is known"),
            [
                (
                    source.name,
                    source.domain,
                    source.rows,
                    source.shards,
                    source.note or _known(source.finished),
                )
                for source in plan.sources
            ],
            "Sources",
        )
        print_table(
            ("quota", "wanted", "finished", "at most to come", "expected", "short"),
            [
                (
                    quota.name,
                    "all" if quota.wanted is None else quota.wanted,
                    *(quota.finished, quota.at_most, quota.expected, quota.shortfall or ""),
                )
                for quota in plan.quotas
            ],
            "Quotas",
        )
        typer.echo(
            f"recipe {plan.recipe}: {plan.rows} rows in {plan.shards} shards would be collected into "
            f"{plan.home}; {len(short)} quotas fall short. Nothing was started."
        )
    if short and config.strict:
        raise typer.Exit(1)


def _known(finished: bool) -> str:
    return "finished before" if finished else "rows counted"
