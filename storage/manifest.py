"""The manifest of a release: one typed record that publishing writes and everything else reads.

`manifest.json` is written last, so a release exists when it does. Nothing in it depends on the clock.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vincicoder.sample import UserError

MANIFEST_VERSION: Literal[2] = 2
"""Version 1 had neither `manifest_version` nor `kind` nor `benchmarks_checked`; it is still read."""

Kind = Literal["sft", "rl"]


class ManifestError(UserError, ValueError):
    """A manifest that is not one: what was found, and where."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReleaseFile(_Record):
    """One file of a release, with its size in bytes and, for Parquet, its rows."""

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    rows: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _stays_in_its_folder(self) -> Self:
        path = Path(self.path)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"path {self.path!r} leads out of the release")
        return self


class SourceRows(_Record):
    """Rows of one source: collected, and released as direct and as refinement rows."""

    collected: int = Field(ge=0)
    direct: int = Field(ge=0)
    refine: int = Field(ge=0)


class ComparedCounts(_Record):
    """What a later release is compared by: rows by source, direct rows by domain, rejected rows by reason.

    An RL release collects nothing and rejects nothing: its sources are the direct rows of its SFT release.
    """

    sources: dict[str, SourceRows]
    domains: dict[str, int]
    reasons: dict[str, int]


class Manifest(_Record):
    """What every release states.

    `rows` are by split. `benchmarks_checked` are the names of the benchmarks that its rows were compared
    with; empty where none was configured. `config` is what decided the content.
    """

    manifest_version: Literal[1, 2] = MANIFEST_VERSION
    kind: Kind
    version: str = Field(min_length=1)
    created_by: str
    config: dict[str, Any]
    benchmarks_checked: tuple[str, ...]
    rows: dict[str, int]
    files: tuple[ReleaseFile, ...]

    @property
    def data_files(self) -> list[ReleaseFile]:
        """The Parquet files."""
        return [file for file in self.files if file.rows is not None]

    def to_json(self) -> bytes:
        """Return the bytes of `manifest.json`: the same manifest always gives the same."""
        return json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True).encode()


class SftManifest(Manifest):
    """Of an SFT release.

    `inputs` are the revisions by source; `stage_outputs` the keys of the compose stage's outputs in the home
    it was built in; `funnel` counts rows stage by stage; `counts`, missing in older ones, is what the next
    release is compared by.
    """

    kind: Literal["sft"] = "sft"
    inputs: dict[str, str]
    stage_outputs: tuple[str, ...]
    funnel: tuple[dict[str, Any], ...]
    composition: tuple[dict[str, Any], ...]
    counts: ComparedCounts | None = None


class RlManifest(Manifest):
    """Of an RL release. `difficulty` says where it comes from: `rewards` of sampled answers, or the code's
    `complexity`; `left_out` counts by reason; `counts`, missing in older ones, is what the next release is
    compared by."""

    kind: Literal["rl"] = "rl"
    sft_release: str
    domains: dict[str, int]
    shortfalls: tuple[dict[str, Any], ...]
    left_out: dict[str, int]
    difficulty: Literal["rewards", "complexity"]
    counts: ComparedCounts | None = None


def parse_manifest(data: bytes, place: str) -> SftManifest | RlManifest:
    """Return the manifest in `data`. Raises `ManifestError` naming `place` where it is none."""
    try:
        fields = json.loads(data)
        if not isinstance(fields, dict):
            raise ManifestError(f"{place} holds {type(fields).__name__}, not an object")
        if "manifest_version" not in fields:
            fields = _from_version_1(fields)
        model = RlManifest if fields.get("kind") == "rl" else SftManifest
        return model.model_validate(fields)
    except ManifestError:
        raise
    except ValueError as error:  # not JSON, not UTF-8, or other fields
        raise ManifestError(f"{place} is no manifest that this version reads: {error}") from error


def load_manifest(folder: Path) -> SftManifest | RlManifest:
    """Read a release folder's manifest. Raises FileNotFoundError where there is none, `ManifestError`."""
    path = folder / "manifest.json"
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path} is missing: {folder} is no release") from error
    return parse_manifest(data, str(path))


def _from_version_1(fields: dict[str, Any]) -> dict[str, Any]:
    if "sft_release" in fields:
        recipe = fields.get("recipe")
        rest = {name: value for name, value in fields.items() if name != "recipe"}
        return {
            **rest,
            "manifest_version": 1,
            "kind": "rl",
            "config": {"recipe": recipe},
            "benchmarks_checked": [],
        }
    checked = fields.get("config", {}).get("benchmarks", [])
    return {**fields, "manifest_version": 1, "kind": "sft", "benchmarks_checked": checked}
