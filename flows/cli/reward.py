"""`vincicoder score` and `vincicoder serve-reward`: the reward for people, and for trainers elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vincicoder.render.registry import language_of_file

if TYPE_CHECKING:
    from vincicoder.reward import RewardConfig

_USAGE, _OUR_FAULT = 2, 4
_Preset = Annotated[str, typer.Option(help='"default", or "reference" for the published formula.')]
_Encoder = Annotated[
    str | None,
    typer.Option(help="Folder or hub id of a DINOv2, or efficientnet-lite2. Default: the preset's."),
]


def score(
    file: Annotated[
        Path, typer.Argument(help="Code, or a whole response (.md, .txt).", exists=True, dir_okay=False)
    ],
    reference: Annotated[Path, typer.Option(help="The picture it should draw.", exists=True, dir_okay=False)],
    language: Annotated[str | None, typer.Option(help="Default: by the file's suffix.")] = None,
    preset: _Preset = "default",
    encoder: _Encoder = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where to write the heat map. Default: FILE.score.png", dir_okay=False
        ),
    ] = None,
    stack: Annotated[
        str,
        typer.Option(help="Libraries that draw it first (docs/stacks.md), such as 2022. Default: today's."),
    ] = "",
    data: Annotated[
        Path | None,
        typer.Option(help="A folder of data files that the code may read.", exists=True, file_okay=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Score one answer against a picture, and draw where they differ."""
    from vincicoder.data_files import pack_data
    from vincicoder.reward import RewardError, RewardItem, RewardScorer
    from vincicoder.reward.answer import read_answer
    from vincicoder.reward.heat_map import draw_heat_map
    from vincicoder.sources.data_folder import DataFolder, DataRefusedError

    chosen = language or language_of_file(file.name)
    if chosen is None:
        typer.echo(
            f"vincicoder: the language of {file.name} is not known by its suffix: give --language", err=True
        )
        raise typer.Exit(_USAGE)
    text = file.read_text("utf-8", errors="replace")
    response = text if file.suffix.lower() in {".md", ".txt"} else f"```{chosen}\n{text}\n```"
    config = _config(preset, encoder, workers=1)
    code = read_answer(response, str(chosen), config).code or ""
    try:
        files = DataFolder(data).files_for(code, str(chosen)) if data else ()
    except DataRefusedError as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(_USAGE) from error
    item = RewardItem(response, reference, str(chosen), stack=stack, data=pack_data(files))
    with RewardScorer(config) as scorer:
        try:
            inspected = scorer.inspect(item)
        except RewardError as error:
            typer.echo(f"vincicoder: {error.failures[0]}", err=True)
            raise typer.Exit(_OUR_FAULT) from error
    breakdown = inspected.breakdown
    picture = output or file.with_name(f"{file.name}.score.png")
    picture.write_bytes(draw_heat_map(inspected))
    if as_json:
        facts = {**breakdown.as_dict(), "reason": breakdown.reason, "detail": breakdown.detail}
        typer.echo(json.dumps({**facts, "picture": str(picture)}))
        return
    for name, value in breakdown.as_dict().items():
        typer.echo(f"{name:>10}  {value:.4f}")
    if breakdown.reason:
        typer.echo(f"{'reason':>10}  {breakdown.reason}: {breakdown.detail}")
    typer.echo(f"{'picture':>10}  {picture}")


def serve_reward(
    preset: _Preset = "default",
    encoder: _Encoder = None,
    host: Annotated[str, typer.Option(help="It asks no password: keep to a private address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one and prints it.")] = 8901,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Samples drawn at once. Default: one per CPU.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Torch device of the encoder.")] = None,
) -> None:
    """Serve the reward over HTTP: POST /score, GET /health, GET /metrics."""
    from vincicoder.reward.service import serve

    config = _config(preset, encoder, workers=workers, device=device)
    serve(config, host, port, announce=lambda line: typer.echo(line))


def _config(preset: str, encoder: str | None, **options: Any) -> RewardConfig:
    from vincicoder.reward import RewardConfig

    if encoder:
        options["encoder"] = encoder
    try:
        return RewardConfig.preset(preset, **options)
    except ValueError as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(_USAGE) from error
