"""`vincicoder sources`: what there is to build from, and a look at some of it."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from vincicoder.collect import to_sample
from vincicoder.render.registry import LANGUAGES, ROW_LANGUAGES
from vincicoder.sample import InfrastructureError
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.registry import corpora, corpus_sources, parse_source
from vincicoder.sources.own.source_config import SourceConfigError, load_source_config
from vincicoder.sources.profiles import read_positions, spread
from vincicoder.sources.registry import get_source, list_sources

if TYPE_CHECKING:
    from vincicoder.sample import Rejection, Sample
    from vincicoder.sources.base import Source

app = typer.Typer(help="List the corpora, or look into one.")

_MAX_CODE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One corpus as `sources --json` gives it. `note` says why it is not available."""

    name: str
    domain: str
    languages: tuple[str, ...]
    license: str
    origin: str
    available: bool
    size: str
    citation: str
    note: str


@app.callback(invoke_without_command=True)
def sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """List every corpus: domain, languages, licence, size, and whether it can be read from here."""
    if context.invoked_subcommand is not None:
        return
    published: list[Source] = [source for name in corpora() for source in corpus_sources(name, None)]
    embedded: list[Source] = [get_source(info.name) for info in list_sources()]
    with ThreadPoolExecutor(16) as pool:  # each published corpus is one question to the hub
        listed = [*map(_look, embedded), *pool.map(_look, published)]
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in listed]))
        return
    table = Table()
    for column in ("source", "domain", "languages", "licence", "size", "here"):
        table.add_column(column)
    for entry in listed:
        shown = ", ".join(entry.languages[:4]) + (", ..." if len(entry.languages) > 4 else "")
        mark = "yes" if entry.available else "no"
        table.add_row(entry.name, entry.domain, shown, entry.license, entry.size, mark)
    Console().print(table)
    typer.echo("A corpus that is not here can be read from a local copy: build sft --source NAME=PATH")


def _look(source: Source) -> Listed:
    info, size, note = source.info, source.info.size, ""
    try:
        source.revision()
        if not size:
            size = f"{source.count():,} rows"
    except (SourceUnavailableError, InfrastructureError) as error:
        note = str(error)
    return Listed(
        info.name,
        info.domain,
        tuple(info.languages),
        info.license,
        info.origin,
        not note,
        size,
        info.citation,
        note,
    )


@app.command()
def peek(
    name: Annotated[str, typer.Argument(help="A corpus: NAME, or NAME=PATH for a local copy.")],
    count: Annotated[int, typer.Option("-n", help="How many rows, spread over the corpus.", min=1)] = 5,
    output: Annotated[Path, typer.Option("-o", help="A folder for code and pictures.")] = Path("peek"),
    source_config: Annotated[
        Path | None, typer.Option(help="A YAML file that declares the source of that name.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """Print and render some rows of a corpus. Writes code, its render, and the corpus's own picture."""
    try:
        chosen = _chosen(name, source_config)
        found = [
            (source, row)
            for source in chosen
            for row in read_positions(source, spread(source.count(), count))
        ]
    except (SourceUnavailableError, SourceConfigError, InfrastructureError) as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(1) from error
    output.mkdir(parents=True, exist_ok=True)
    samples: list[tuple[Sample, Rejection | None]] = []
    for source, raw in found:
        samples.append(to_sample(raw, source.info, "", _MAX_CODE_BYTES))
        if raw.image is not None:
            (output / f"{_stem(len(samples), samples[-1][0])}.source").write_bytes(raw.image)
    outcomes = _render(samples, output)
    if as_json:
        typer.echo(json.dumps(outcomes))
        return
    for outcome in outcomes:
        head = f"{outcome['source']} {outcome['source_id']} ({outcome['domain']}, {outcome['language']})"
        typer.echo(f"\n{head}: {outcome['outcome']}")
        typer.echo("\n".join(f"    {line}" for line in str(outcome["head"]).splitlines()))
    typer.echo(f"\n{len(outcomes)} rows in {output}")


def _chosen(name: str, source_config: Path | None) -> list[Source]:
    if source_config is not None:
        declared = load_source_config(source_config)
        found = [source for source in declared if source.info.name == name]
        if not found:
            listed = ", ".join(source.info.name for source in declared)
            raise SourceUnavailableError(f"{source_config} declares no source {name!r}; it declares {listed}")
        return found
    try:
        return [get_source(name)]
    except KeyError:
        return list(parse_source(name))


def _render(samples: list[tuple[Sample, Rejection | None]], output: Path) -> list[dict[str, object]]:
    from vincicoder.render import RenderEngine, RenderLimits, RenderRequest

    suffixes = {name: LANGUAGES[name].suffixes[0] for name in ROW_LANGUAGES}
    requests = []
    outcomes: list[dict[str, object]] = []
    for number, (sample, rejection) in enumerate(samples, start=1):
        path = output / f"{_stem(number, sample)}{suffixes.get(sample.language, '.txt')}"
        path.write_text(sample.code, "utf-8")
        if rejection is None:
            requests.append(RenderRequest(str(number - 1), sample.language, sample.code))
        outcomes.append(
            {
                "source": sample.source,
                "source_id": sample.source_id,
                "domain": sample.domain,
                "language": sample.language,
                "code": str(path),
                "head": "\n".join(sample.code[:2_000].splitlines()[:8]),
                "reason": rejection.reason.value if rejection else None,
                "outcome": f"{rejection.reason.value}: {rejection.detail}" if rejection else "",
                "picture": None,
            }
        )
    with RenderEngine(RenderLimits(), workers=1) as engine:
        for result in engine.render(requests):
            outcome = outcomes[int(result.request_id)]
            if result.png is None:
                outcome["reason"] = result.reason.value if result.reason else "failed"
                outcome["outcome"] = f"{outcome['reason']}: {result.detail}"
                continue
            picture = Path(str(outcome["code"])).with_suffix(".png")
            picture.write_bytes(result.png)
            outcome |= {
                "picture": str(picture),
                "outcome": f"{picture.name}, {result.width}x{result.height} px",
            }
    return outcomes


def _stem(number: int, sample: Sample) -> str:
    return f"{number:03d}-{re.sub(r'[^A-Za-z0-9._-]+', '_', f'{sample.source}-{sample.source_id}')[:80]}"
