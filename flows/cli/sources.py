"""`vincicoder sources`: list the sources, and look into one."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.tables import print_table
from vincicoder.clean import CleanLimits, clean_samples
from vincicoder.collect import to_sample
from vincicoder.render.registry import LANGUAGES, ROW_LANGUAGES
from vincicoder.sample import InfrastructureError
from vincicoder.sources.base import SourceUnavailableError, left_out
from vincicoder.sources.counts import row_count
from vincicoder.sources.hub.pictures import kind_of_picture
from vincicoder.sources.hub.registry import corpora, corpus_sources, parse_source
from vincicoder.sources.own.source_config import SourceConfigError, load_source_config
from vincicoder.sources.profiles import read_positions, spread
from vincicoder.sources.registry import get_source, list_sources

if TYPE_CHECKING:
    from vincicoder.sample import DataFile, RawSample, Rejection, Sample
    from vincicoder.sources.base import Source
    from vincicoder.sources.hub.source import CorpusSource

app = typer.Typer(help="List the corpora, or look into one.")

_MAX_CODE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One corpus as `sources --json` gives it. `note` says why it is not available; null: not checked."""

    name: str
    domain: str
    languages: tuple[str, ...]
    license: str
    origin: str
    available: bool | None
    size: str
    citation: str
    note: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row on its way: the sample as collected, its code as it is now, and what became of it."""

    sample: Sample
    code: str
    rejection: Rejection | None
    changes: tuple[str, ...]
    data: tuple[DataFile, ...] = ()


@app.callback(invoke_without_command=True)
def sources(
    context: typer.Context,
    hub: Annotated[
        bool, typer.Option("--hub", help="Ask the hub which published corpora can be read from here.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """List every corpus: domain, languages, licence, size, and whether it can be read from here."""
    if context.invoked_subcommand is not None:
        return
    published = [source for name in corpora() for source in corpus_sources(name, None)]
    embedded: list[Source] = [get_source(info.name) for info in list_sources()]
    listed = [_look(source) for source in embedded]
    if hub:
        with ThreadPoolExecutor(16) as pool:  # each published corpus is one question to the hub
            listed += pool.map(_look, published)
    else:
        listed += [_unasked(source) for source in published]
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in listed]))
        return
    print_table(("source", "here", "size", "domain", "licence", "languages"), map(_line, listed))
    typer.echo("A corpus that is not here can be read from a local copy: build sft --source NAME=PATH")


def _unasked(source: CorpusSource) -> Listed:
    if not source.corpus.hub_id:
        return _listed(source, False, source.info.size, "no data is published")
    return _listed(source, None, source.info.size, "the hub was not asked: --hub")


def _line(entry: Listed) -> tuple[str, ...]:
    here = "hub" if entry.available is None else "yes" if entry.available else "no"
    languages = ", ".join(entry.languages[:4]) + (", ..." if len(entry.languages) > 4 else "")
    return entry.name, here, entry.size, entry.domain, entry.license, languages


def _look(source: Source) -> Listed:
    size, note = source.info.size, ""
    try:
        source.revision()
        if not size:
            size = f"{row_count(source):,} rows"
    except (SourceUnavailableError, InfrastructureError) as error:
        note = str(error)
    return _listed(source, not note, size, note)


def _listed(source: Source, available: bool | None, size: str, note: str) -> Listed:
    info = source.info
    return Listed(
        info.name,
        info.domain,
        tuple(info.languages),
        info.license,
        info.origin,
        available,
        size,
        info.citation,
        note,
    )


@app.command()
def peek(
    name: Annotated[str, typer.Argument(help="A corpus: NAME, or NAME=PATH for a local copy.")],
    count: Annotated[int, typer.Option("-n", help="How many rows, spread over the corpus.", min=1)] = 5,
    output: Annotated[
        Path, typer.Option("-o", help="A folder for code and pictures.", file_okay=False)
    ] = Path("peek"),
    source_config: Annotated[
        Path | None, typer.Option(help="A YAML file that declares the source of that name.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """Print, clean and render some rows of a corpus: what a build makes of each, and what it leaves out.

    Writes code, its render, and the corpus's own picture.
    """
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
    rows = [_collect(source, raw) for source, raw in found]
    _clean(rows)
    for number, (row, (_, raw)) in enumerate(zip(rows, found, strict=True), start=1):
        if raw.image is not None:
            suffix = kind_of_picture(raw.image) or "bin"
            (output / f"{_stem(number, row.sample)}.own.{suffix}").write_bytes(raw.image)
    outcomes = _render(rows, output)
    if as_json:
        typer.echo(json.dumps(outcomes))
        return
    for outcome in outcomes:
        head = f"{outcome['source']} {outcome['source_id']} ({outcome['domain']}, {outcome['language']})"
        typer.echo(f"\n{head}: {outcome['outcome']}")
        for change in outcome["changes"]:
            typer.echo(f"  - {change}")
        typer.echo("\n".join(f"    {line}" for line in outcome["head"].splitlines()))
    typer.echo(f"\n{len(outcomes)} rows in {output}")
    for source in chosen:
        for line in left_out(source):
            typer.echo(f"{source.info.name}: {line}")


def _collect(source: Source, raw: RawSample) -> _Row:
    sample, rejection = to_sample(raw, source.info, "", _MAX_CODE_BYTES)
    return _Row(sample, sample.code, rejection, raw.changes, raw.data)


def _clean(rows: list[_Row]) -> None:
    """Clean the rows that were collected, with the bounds that a build has."""
    whole = [number for number, row in enumerate(rows) if row.rejection is None]
    brought = {place: frozenset(file.name for file in rows[row].data) for place, row in enumerate(whole)}
    cleaned = clean_samples(
        [rows[number].sample for number in whole],
        CleanLimits(),
        brought={place: names for place, names in brought.items() if names},
    )
    for number, found in zip(whole, cleaned, strict=True):
        row = rows[number]
        rows[number] = _Row(row.sample, found.code, found.rejection, row.changes + found.changes, row.data)


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


def _render(rows: list[_Row], output: Path) -> list[dict[str, Any]]:
    from vincicoder.render import RenderEngine, RenderLimits, RenderRequest

    suffixes = {name: LANGUAGES[name].suffixes[0] for name in ROW_LANGUAGES}
    requests = []
    outcomes: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        sample, rejection = row.sample, row.rejection
        path = output / f"{_stem(number, sample)}{suffixes.get(sample.language, '.txt')}"
        path.write_text(row.code, "utf-8")
        if rejection is None:
            requests.append(RenderRequest(str(number - 1), sample.language, row.code, data=row.data))
        outcomes.append(
            {
                "source": sample.source,
                "source_id": sample.source_id,
                "domain": sample.domain,
                "language": sample.language,
                "code": str(path),
                "head": "\n".join(row.code[:2_000].splitlines()[:8]),
                "reason": rejection.reason.value if rejection else None,
                "outcome": f"{rejection.reason.value}: {rejection.detail}" if rejection else "",
                "picture": None,
                "changes": list(row.changes),
                "data_files": [file.name for file in row.data],
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
