"""`vincicoder release verify`, `diff`, `check-svg`, `export` and `push`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storage.manifest import ManifestError

if TYPE_CHECKING:
    from storage.push import PushPlan

ReleaseName = Annotated[
    str, typer.Argument(help="A version in the home, `current`, or a release's folder or a copy of it.")
]
HomeOption = Annotated[str | None, typer.Option("--home", help="Where the releases are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]


def find(named: str, home: str | None) -> Path:
    """Return a release's folder, or end with exit 2 and what there is."""
    from storage.home import Home
    from storage.release_facts import ReleaseNotFoundError
    from storage.release_list import find_release
    from vincicoder.config import default_home

    try:
        return find_release(Home(home or default_home()), named)
    except ReleaseNotFoundError as error:
        raise _stop(error) from error


def _stop(error: Exception) -> typer.Exit:
    typer.echo(f"vincicoder: {error}", err=True)
    return typer.Exit(2)


def verify(release: ReleaseName = "current", home: HomeOption = None, as_json: AsJson = False) -> None:
    """Check a release: hashes, counts, pictures, prompts, leakage. Exit 1 and a list when anything is off."""
    from tasks.checks.verify_release import verify_release

    path = find(release, home)
    try:
        problems = verify_release(path)
    except (OSError, ManifestError) as error:
        raise _stop(error) from error
    if as_json:
        typer.echo(json.dumps({"release": str(path), "problems": problems}))
    else:
        for problem in problems:
            typer.echo(f"- {problem}")
        typer.echo(f"{path}: {f'{len(problems)} problems' if problems else 'all is as it should be'}")
    if problems:
        raise typer.Exit(1)


def diff(
    a: Annotated[str, typer.Argument(help="The earlier release: a version or a folder.")],
    b: Annotated[str, typer.Argument(help="The later one.")],
    home: HomeOption = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed from one release to another, and why rows came or went."""
    from storage.diff import diff_releases

    try:
        found = diff_releases(find(a, home), find(b, home))
    except (OSError, ManifestError) as error:
        raise _stop(error) from error
    if as_json:
        typer.echo(json.dumps({**asdict(found), "same": found.same}))
        return
    typer.echo(f"rows: {found.rows[0]} before, {found.rows[1]} after")
    for name, before, after in found.settings:
        typer.echo(f"~ {name}: {before} became {after}")
    for sign, rows in (("-", found.removed), ("+", found.added)):
        for source, task, why, count in rows:
            typer.echo(
                f"{sign} {count} {task} of {source}: {why}"
                if sign == "-"
                else f"{sign} {count} {task} of {source}: before, {why}"
            )
    for column, source, count in found.changed:
        typer.echo(f"~ {count} of {source}: another {column}")
    if found.same:
        typer.echo("the same in all that counts")


def check_svg(
    release: ReleaseName = "current",
    home: HomeOption = None,
    samples: Annotated[int, typer.Option(min=1, help="SVG rows to draw twice, evenly spread.")] = 200,
    as_json: AsJson = False,
    require_sandbox: Annotated[
        bool, typer.Option(help="Refuse to run when a sandbox layer is missing.")
    ] = False,
) -> None:
    """Draw a share of a release's SVG rows with both renderers; list those on which they disagree.

    A row that is listed may not look as its author saw it: look before you trust it.
    """
    from tasks.checks.svg_agreement import measure_agreement
    from vincicoder.sample import InfrastructureError

    path = find(release, home)
    try:
        found = measure_agreement(path, samples, require_sandbox)
    except (OSError, ManifestError, InfrastructureError) as error:
        raise _stop(error) from error
    if as_json:
        doubtful = [
            {"sample_id": each.request_id, "mean_difference": each.mean_difference, "detail": each.detail}
            for each in found.doubtful
        ]
        outcome = {
            "rows": found.rows,
            "drawn": len(found.drawn),
            "median_difference": found.median_difference,
            "doubtful": doubtful,
        }
        typer.echo(json.dumps(outcome))
        return
    for each in found.doubtful:
        difference = "" if each.mean_difference is None else f"{each.mean_difference:.1f} of 255 "
        typer.echo(f"- {each.request_id}: {difference}{each.detail}".rstrip())
    median = "" if found.median_difference is None else f", median difference {found.median_difference:.2f}"
    typer.echo(f"{len(found.drawn)} of {found.rows} SVG rows drawn, {len(found.doubtful)} doubtful{median}")


def export(
    release: ReleaseName = "current",
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder for the tar files.", file_okay=False)
    ] = Path("webdataset"),
    home: HomeOption = None,
    as_json: AsJson = False,
) -> None:
    """Write a release as WebDataset: tar files of 1,000 rows, each row a PNG and a JSON file."""
    from storage.webdataset import export_webdataset

    folder = find(release, home)
    try:
        rows = export_webdataset(folder, output)
    except (OSError, ManifestError) as error:
        raise _stop(error) from error
    if as_json:
        typer.echo(json.dumps({"release": str(folder), "output": str(output), "rows": rows}))
    else:
        typer.echo(f"{output}: " + ", ".join(f"{count:,} rows of {split}" for split, count in rows.items()))


def push(
    release: ReleaseName,
    repository: Annotated[str, typer.Option("--to", help="OWNER/NAME of the dataset on the hub.")],
    really: Annotated[
        bool, typer.Option("--really", help="Upload; without it only the plan is shown.")
    ] = False,
    public: Annotated[bool, typer.Option("--public", help="Make a new repository public.")] = False,
    home: HomeOption = None,
    as_json: AsJson = False,
) -> None:
    """Upload a release to a dataset hub. Without --really it only shows what would be uploaded."""
    from storage.push import plan_push

    path = find(release, home)
    try:
        path = path.resolve()  # `current` may be switched before the upload
        plan = plan_push(path, repository)
    except (OSError, ValueError) as error:
        raise _stop(error) from error
    if as_json:
        address = _upload(path, plan, private=not public) if really else None
        files = [{"path": name, "bytes": size} for name, size in plan.files]
        typer.echo(json.dumps({"repository": repository, "files": files, "uploaded": address}))
        return
    for name, size in plan.files:
        typer.echo(f"{size:>14,} {name}")
    how = "one commit" if plan.one_commit else "many commits, resumable"
    typer.echo(f"{plan.bytes:,} bytes in {len(plan.files)} files to {repository}, {how}")
    if really:
        typer.echo(_upload(path, plan, private=not public))
    else:
        typer.echo("nothing was uploaded: add --really")


def _upload(path: Path, plan: PushPlan, private: bool) -> str:
    from httpx import HTTPError

    from storage.push import push_release
    from vincicoder.cache_folder import cache_folder

    try:
        return push_release(path, plan, cache_folder(), private)
    except (HTTPError, OSError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        typer.echo(
            f"vincicoder: {plan.repository} was not uploaded whole: {why}. Log in with `hf auth login` or "
            "set HF_TOKEN, with the right to write there; the same command goes on",
            err=True,
        )
        raise typer.Exit(1) from error
