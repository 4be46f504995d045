"""`vincicoder render`: one file to one picture, cleaned, drawn and checked as a build does it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vincicoder.extract import canonical_language
from vincicoder.render.registry import (
    LANGUAGE_OF_SUFFIX,
    ROW_LANGUAGES,
    language_on,
    stacks_of,
    why_unsupported,
)
from vincicoder.sample import DataFile, InfrastructureError, Rejection, Sample, Task, code_sha256
from vincicoder.sources.data_folder import DataFolder, DataRefusedError
from vincicoder.sources.own.folder_files import language_of
from vincicoder.sources.own.program import read_program

if TYPE_CHECKING:
    from vincicoder.clean import Cleaned
    from vincicoder.render import RenderResult
    from vincicoder.render.on_stacks import OnStack

_AUTO = "auto"
_SAMPLES_FAULT, _OUR_FAULT = 3, 4


def _all_stacks() -> str:
    """Return what stacks there are, by language."""
    named = {language: stacks_of(language) for language in ROW_LANGUAGES}
    return "; ".join(f"{language}: {', '.join(stacks)}" for language, stacks in named.items() if stacks)


def render(
    file: Annotated[
        Path,
        typer.Argument(help="A file of code; its suffix tells the language.", exists=True, dir_okay=False),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the PNG.", dir_okay=False)],
    language: Annotated[str | None, typer.Option(help="Default: by the file's suffix.")] = None,
    stack: Annotated[
        str,
        typer.Option(
            help=f"Libraries to draw with, or auto: those that the code names, or today's, and others for a "
            f"program that today's do not know. {_all_stacks()}."
        ),
    ] = _AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one line of JSON.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            help="A folder of data files that the code may read, by names relative to it.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    require_sandbox: Annotated[
        bool, typer.Option(help="Refuse to run when a sandbox layer is missing.")
    ] = False,
    as_is: Annotated[
        bool,
        typer.Option("--as-is", help="Draw the code as it is, without cleaning it or checking the picture."),
    ] = False,
) -> None:
    """Clean, render and check one file, as a build would. Exit 0: kept; 3: the sample's fault; 4: ours.

    What lies beside the file and belongs to it (style sheets, inputs, data) is written into it. A picture
    that the checks refuse is written all the same.
    """
    chosen = (canonical_language(language) or language) if language else language_of(file.name)
    if chosen is None:
        known = ", ".join(LANGUAGE_OF_SUFFIX)
        typer.echo(f"vincicoder: received {file.name}; known suffixes are {known}: give --language", err=True)
        raise typer.Exit(2)
    if stack not in (allowed := (_AUTO, *stacks_of(chosen))):
        message = f"vincicoder: received --stack {stack} for {chosen}; allowed are {', '.join(allowed)}"
        typer.echo(message, err=True)
        raise typer.Exit(2)
    program = read_program(file, file.resolve().parent, chosen, write_data=data is None)
    code = program.code if isinstance(program.code, str) else program.code.decode("utf-8", "replace")
    files, refused = _data_for(code, chosen, data)
    cleaned = None if as_is else _clean(chosen, code, files)
    rejection = program.rejection or refused or (cleaned.rejection if cleaned else None)
    drawn = None
    try:
        if rejection is None:
            drawn = _draw(chosen, cleaned.code if cleaned else code, files, stack, require_sandbox)
    except InfrastructureError as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(_OUR_FAULT) from error
    result = drawn.result if drawn else None
    if result is not None and result.png is not None:
        output.write_bytes(result.png)
        if cleaned:
            rejection = _check(result, chosen, cleaned)
    elif result is not None and result.reason is not None:
        rejection = Rejection(result.reason, result.detail)
    status = "rejected" if rejection else result.status.value if result else "failed"
    outcome = {
        "status": status,
        "reason": rejection.reason.value if rejection else None,
        "detail": rejection.detail if rejection else result.detail if result else "",
        "width": result.width if result else 0,
        "height": result.height if result else 0,
        "seconds": round(result.seconds, 4) if result else 0.0,
        "fingerprint": result.fingerprint if result else "",
        "stack": drawn.stack if drawn else None,
        "before": [_attempt(*one) for one in drawn.before] if drawn else [],
        "notes": list(result.notes) if result else [],
        "data_files": [{"name": one.name, "sha256": one.sha256, "bytes": len(one.content)} for one in files],
        "changes": [*program.changes, *(cleaned.changes if cleaned else ())],
    }
    if as_json:
        typer.echo(json.dumps(outcome))
    elif status == "rendered":
        typer.echo(f"{output}: {outcome['width']}x{outcome['height']} px in {outcome['seconds']:.2f} s")
    else:
        typer.echo(f"{file}: {outcome['reason'] or 'failed'}: {outcome['detail']}", err=True)
    if status == "rejected":
        raise typer.Exit(_SAMPLES_FAULT)
    if status == "failed":
        raise typer.Exit(_OUR_FAULT)


def _data_for(code: str, language: str, folder: Path | None) -> tuple[tuple[DataFile, ...], Rejection | None]:
    """Return the data files that the code names, or why it cannot have them."""
    if folder is None:
        return (), None
    try:
        return DataFolder(folder).files_for(code, language), None
    except DataRefusedError as error:
        return (), error.rejection


def _clean(language: str, code: str, files: tuple[DataFile, ...]) -> Cleaned:
    from vincicoder.clean import CleanLimits, clean_samples

    sample = Sample("", "", "", "", "", "", language, Task.DIRECT, code, code_sha256(code))
    brought = {0: frozenset(file.name for file in files)} if files else {}
    return clean_samples([sample], replace(CleanLimits(), min_characters=1), brought=brought)[0]


def _draw(
    language: str, code: str, files: tuple[DataFile, ...], stack: str, require_sandbox: bool
) -> OnStack:
    from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
    from vincicoder.render.on_stacks import OnStack, render_on_stacks

    request = RenderRequest("", language, code, data=files)
    with RenderEngine(RenderLimits(), workers=1, require_sandbox=require_sandbox) as engine:
        if stack == _AUTO:
            return next(render_on_stacks(engine, [request]))
        named = language_on(language, stack)
        if problem := why_unsupported(named):
            raise InfrastructureError(problem)
        return OnStack(next(engine.render([replace(request, language=named)])), stack)


def _attempt(stack: str, result: RenderResult) -> dict[str, str]:
    """What a stack made of the program that another drew: the name that it does not have."""
    from vincicoder.render.notes import read_removed_name
    from vincicoder.render.on_stacks import name_that_failed

    named = read_removed_name(name_that_failed(result.notes))
    return {
        "stack": stack,
        "reason": result.reason.value if result.reason else "",
        "library": named.library,
        "name": named.name,
        "since": named.since,
        "detail": result.detail or "drawn; such a call had another effect in versions before",
    }


def _check(result: RenderResult, language: str, cleaned: Cleaned) -> Rejection | None:
    from vincicoder.verify import PictureLimits, decode_picture, verify_picture

    assert result.png is not None
    pixels = decode_picture(result.png, result.width, result.height, result.pixels_sha256)
    if isinstance(pixels, Rejection):
        return pixels
    return verify_picture(pixels, language, cleaned.code, PictureLimits(), result.notes, cleaned.changes)
