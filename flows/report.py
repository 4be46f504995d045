"""What a build shows in Prefect: its progress, and at the end the release, the funnel and the yield.

Prefect only watches: when its server does not take an artifact, the build goes on.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from storage.card_tables import funnel_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flows.pipeline import BuildResult

logger = logging.getLogger("vincicoder")


def show_progress(key: str, description: str) -> Callable[[float], None]:
    """Make a progress artifact, and return what to call with the percent done, 0 to 100."""
    made: list[Any] = []
    with _only_watching(key):
        made.append(create_progress_artifact(0.0, key=key, description=description))

    def update(percent: float) -> None:
        for artifact in made:
            with _only_watching(key):
                update_progress_artifact(artifact, percent)

    return update


def show_table(key: str, rows: list[dict[str, Any]], description: str) -> None:
    """Make a table artifact, or its next version."""
    with _only_watching(key):
        create_table_artifact(rows, key=key, description=description)


def show_build(result: BuildResult, report: Path | None) -> None:
    """Show the release and its report as links, the funnel, and the yield by source."""
    with _only_watching("the release"):
        link = result.release if "://" in result.release else Path(result.release).resolve().as_uri()
        create_link_artifact(link, link_text=result.version, key="sft-release", description=_summary(result))
    if report is not None:
        with _only_watching("the report"):
            create_link_artifact(
                report.resolve().as_uri(),
                link_text=f"report of {result.version}",
                key="sft-report",
                description=f"{report} on the worker's machine",
            )
    with _only_watching("the funnel"):
        create_markdown_artifact(
            "\n".join([_summary(result), "", *funnel_lines(result.funnel)]),
            key="sft-funnel",
            description=result.version,
        )
    yields = [
        {
            "source": source.name,
            "domain": source.domain,
            "collected": source.collected,
            "released": source.released,
            "percent": round(100 * source.released / source.collected, 1) if source.collected else None,
            "refinement rows": source.refined,
        }
        for source in result.sources
    ]
    show_table("sft-yield-by-source", yields, result.version)


def show_rl_set(result: Mapping[str, Any]) -> None:
    """Show what `build_rl_set` returns: the rows by domain, and what the gate refused."""
    refused = result["refused"]
    rows = [{"domain": domain, "rows": rows} for domain, rows in result["domains"].items()]
    state = f"{result['version']}: refused: {'; '.join(refused)}" if refused else result["version"]
    show_table("rl-rows-by-domain", rows, state)


def _summary(result: BuildResult) -> str:
    kept = f"{result.kept} of {result.collected} rows and {result.made} refinement rows"
    state = f"refused: {'; '.join(result.refused)}" if result.refused else "now the current one"
    return f"Release {result.version}: {kept}; {state}"


@contextmanager
def _only_watching(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        logger.warning("Prefect does not show %s: %s: %s", what, type(error).__name__, error)
