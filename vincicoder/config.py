"""One validated configuration tree for a build; a mistake in it fails before any work starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from vincicoder.clean import CleanLimits
from vincicoder.decontaminate import DecontaminationLimits
from vincicoder.dedup import DuplicateLimits
from vincicoder.gate import GateLimits
from vincicoder.refine.config import RefineConfig
from vincicoder.render.api import RenderLimits
from vincicoder.verify import PictureLimits

_ANY_CLUSTER = "auto"


def all_cores() -> int:
    """How many programs are drawn at once where nobody says it: one a core."""
    return os.cpu_count() or 1


class BuildConfig(BaseModel):
    """Everything that decides the content of a build. Its home is not part of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str | None = "packages"  # a named set of sources; None takes only `source_configs`
    limit: int | None = Field(default=None, ge=1)  # rows over all sources
    # Published corpora: NAME reads the hub, NAME=PATH a folder in the published layout.
    sources: tuple[str, ...] = ()
    source_configs: tuple[Path, ...] = ()  # YAML files that declare sources of the user's own
    recipe: str = "default"
    shard_rows: int = Field(default=250, ge=1, le=5000)
    workers: int = Field(default_factory=all_cores, ge=1)
    engine: Literal["local", "ray"] = (
        "local"  # where shards run: in this process, or on a Ray cluster's nodes
    )
    ray_address: str = _ANY_CLUSTER  # HOST:PORT of the cluster's head; auto is one that runs on this machine
    strict: bool = False  # a source that is not on this machine is an error, not a warning
    require_sandbox: bool = False  # refuse to render when a sandbox layer is missing
    max_code_bytes: int = Field(default=4_000_000, ge=1)  # protects memory; `clean` has the real limit
    clean: CleanLimits = CleanLimits()
    render: RenderLimits = RenderLimits()
    picture: PictureLimits = PictureLimits()
    duplicates: DuplicateLimits = DuplicateLimits()
    refine: RefineConfig = RefineConfig()
    benchmarks: tuple[str, ...] = ()  # NAME=FOLDER or NAME=hub: what the release must not hold
    decontamination: DecontaminationLimits = DecontaminationLimits()
    gate: GateLimits = GateLimits()  # what may get lost against the current release
    accept: bool = False  # make the release the current one, whatever got lost

    @field_validator("ray_address")
    @classmethod
    def _is_used(cls, ray_address: str, others: ValidationInfo) -> str:
        if ray_address != _ANY_CLUSTER and others.data.get("engine") == "local":
            raise ValueError(f"received {ray_address}, but shards run on this machine: give engine ray too")
        return ray_address


def default_home() -> str:
    """Return `$VINCICODER_HOME`, else the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return os.environ.get("VINCICODER_HOME") or str(Path(data) / "vincicoder" / "home")
