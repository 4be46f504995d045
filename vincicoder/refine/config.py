"""What decides which samples get a refinement version, and who makes it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vincicoder.refine.judge import RefineLimits
from vincicoder.refine.mutation import MutationMaker
from vincicoder.refine.protocol import Maker


class RefineConfig(BaseModel):
    """`share_percent` of the samples, chosen by the hash of their ids, are tried by the maker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    maker: Literal["mutation", "none"] = "mutation"
    share_percent: float = Field(default=30.0, ge=0, le=100)
    rounds: int = Field(default=3, ge=1, le=10)
    limits: RefineLimits = RefineLimits()


def create_maker(config: RefineConfig) -> Maker | None:
    """Return the maker that the configuration names, or None where there shall be none."""
    return MutationMaker(config.rounds) if config.maker == "mutation" else None
