"""`vincicoder doctor`: what works on this machine, what does not, and how to fix it."""

from __future__ import annotations

import json
import os
import platform
import shutil
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows.cli.doctor_environment import environment_checks
from flows.cli.health import HealthCheck
from vincicoder.config import default_home
from vincicoder.render.font_coverage import SCRIPTS, scripts_without_font
from vincicoder.render.registry import LANGUAGES, ROW_LANGUAGES, language_on, stacks_of, why_unsupported
from vincicoder.render.sandbox import probe
from vincicoder.render.stacks import is_outdated
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.counts import row_count
from vincicoder.sources.registry import get_source, list_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Without these the main job can't run; other checks are warnings.
_MAIN_LANGUAGES = ("python", "html", "svg", "latex")
_LIBRARIES = ("prefect", "duckdb", "pyarrow", "datasets", "matplotlib", "playwright", "rdkit")
_FREE_GB_NEEDED = 5


def doctor(
    home: Annotated[str | None, typer.Option(help="The home to look at.")] = None,
    require_sandbox: Annotated[
        bool, typer.Option(help="A missing layer of the sandbox is a failure, not a warning.")
    ] = False,
    environment: Annotated[
        Path | None,
        typer.Option(
            help="Look only at the environment of this interpreter, which is to train or to sample answers.",
            metavar="PYTHON",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check renderers, sandbox layers, corpora, libraries and disk. Exit 1 when the main job can't run, or
    the environment named can do nothing."""
    checks = (
        [*environment_checks(environment)]
        if environment is not None
        else [
            *_renderers(),
            _scripts(),
            *_stacks(),
            *_sandbox(require_sandbox),
            *_corpora(),
            *_libraries(),
            _disk(home or default_home()),
        ]
    )
    healthy = all(check.ok for check in checks if check.essential)
    if as_json:
        typer.echo(json.dumps({"ok": healthy, "checks": [asdict(check) for check in checks]}))
    else:
        console = Console()
        area = ""
        for check in checks:
            if check.area != area:
                area = check.area
                console.print(f"\n{area}", style="bold")
            mark = (
                "[green]ok[/green]  "
                if check.ok
                else "[red]FAIL[/red]"
                if check.essential
                else "[yellow]no[/yellow]  "
            )
            console.print(f"  {mark} {escape(check.name)}: {escape(check.detail)}", soft_wrap=True)
        missing = ", ".join(check.name for check in checks if check.area == "sandbox" and not check.ok)
        if missing:
            console.print(f"\nSamples run with fewer layers of sandbox: no {missing}.", style="bold yellow")
        console.print(f"\n{_conclusion(checks, healthy)}", style="bold", soft_wrap=True)
    if not healthy:
        raise typer.Exit(1)


def _scripts() -> HealthCheck:
    lacking = scripts_without_font()
    detail = f"fonts for {len(SCRIPTS)} scripts"
    if lacking:
        detail = (
            f"no font for {', '.join(lacking)}: apt-get install fonts-noto-core fonts-noto-cjk "
            "fonts-noto-color-emoji; rows that show them are rejected as verify.missing_glyphs"
        )
    return HealthCheck("renderers", "scripts", not lacking, False, detail)


def _conclusion(checks: Sequence[HealthCheck], healthy: bool) -> str:
    if not healthy:
        return "Not ready: correct what says FAIL."
    corpora = [check.ok for check in checks if check.area == "corpora"]
    missing = corpora.count(False)
    if missing:
        return (
            f"Ready but for {missing} of {len(corpora)} corpora: a build leaves them out with a warning, and "
            "refuses with --strict, as deployments do. `make corpora` fetches them."
        )
    return "Ready."


def _renderers() -> Iterator[HealthCheck]:
    for language, spec in LANGUAGES.items():
        if spec.variant_of and spec.stack:  # listed among the stacks
            continue
        problem = why_unsupported(language)
        facts = {} if problem else spec.renderer().fingerprint()
        detail = problem or ", ".join(f"{key} {value}" for key, value in facts.items())
        yield HealthCheck("renderers", language, not problem, language in _MAIN_LANGUAGES, detail)


def _stacks() -> Iterator[HealthCheck]:
    """Python's stacks by their years, those of other languages with the language before."""
    for language in ROW_LANGUAGES:
        for stack in stacks_of(language):
            named = language_on(language, stack)
            problem = why_unsupported(named)
            found = {} if problem else LANGUAGES[named].renderer().fingerprint()
            detail = problem or ", ".join(f"{key} {value}" for key, value in found.items())
            name = stack if language == "python" else f"{language}-{stack}"
            outdated = language == "python" and is_outdated(stack)
            if outdated:
                detail = f"installed from other pins than the project's: vincicoder setup stacks; {detail}"
            yield HealthCheck("stacks", name, not problem and not outdated, False, detail)


def _sandbox(required: bool) -> Iterator[HealthCheck]:
    for layer in probe():
        yield HealthCheck("sandbox", layer.name, layer.available, required, layer.detail)


def _corpora() -> Iterator[HealthCheck]:
    for info in list_sources():
        source = get_source(info.name)
        try:
            yield HealthCheck(
                "corpora",
                info.name,
                True,
                False,
                f"{row_count(source)} rows, {info.license}, {source.revision()}",
            )
        except SourceUnavailableError as error:
            yield HealthCheck("corpora", info.name, False, False, str(error))


def _libraries() -> Iterator[HealthCheck]:
    yield HealthCheck("libraries", "python", True, True, platform.python_version())
    for name in _LIBRARIES:
        try:
            yield HealthCheck("libraries", name, True, True, version(name))
        except PackageNotFoundError:
            yield HealthCheck("libraries", name, False, True, f"not installed: pip install {name}")
    server = os.environ.get("PREFECT_API_URL")
    yield HealthCheck(
        "libraries", "prefect server", True, False, server or "none set: builds run without one"
    )


def _disk(home: str) -> HealthCheck:
    if "://" in home:
        return HealthCheck("disk", home, True, False, "an object store")
    folder = Path(home).expanduser()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free / 1e9
    writable = os.access(existing, os.W_OK)
    detail = f"{free:.1f} GB free" + (
        "" if writable else f"; {existing} is not writable: give another --home"
    )
    return HealthCheck("disk", home, writable and free >= _FREE_GB_NEEDED, True, detail)
