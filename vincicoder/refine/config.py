"""What decides which samples get a refinement version, and who makes it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vincicoder.chat.config import ModelConfig
from vincicoder.chat.question import AnswerStore
from vincicoder.refine.judge import RefineLimits
from vincicoder.refine.model import ModelMaker
from vincicoder.refine.mutation import MutationMaker
from vincicoder.refine.protocol import Maker
from vincicoder.sample import UserError
from vincicoder.yaml_file import read_settings


class RefineConfigError(UserError, ValueError):
    """The refinement cannot be made as configured."""


class RefineConfig(BaseModel):
    """`share_percent` of the samples, chosen by the hash of their ids, are tried by the maker.

    `openai` asks any server that speaks the chat completions protocol, `vllm` loads the model here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    maker: Literal["mutation", "openai", "vllm", "none"] = "mutation"
    share_percent: float = Field(default=30.0, ge=0, le=100)
    rounds: int = Field(default=3, ge=1, le=10)
    limits: RefineLimits = RefineLimits()
    model: ModelConfig | None = None

    def decides(self) -> dict[str, Any]:
        """Return what decides the content, as plain data: not the model's address, pace or price."""
        model = self.model.decides() if self.model else None
        return {**self.model_dump(mode="json"), "model": model}

    @model_validator(mode="after")
    def _model_fits_maker(self) -> Self:
        if (self.maker in ("openai", "vllm")) != (self.model is not None):
            raise ValueError(f"maker {self.maker!r}: `model` is for openai and vllm, which need it")
        if self.maker == "openai" and self.model is not None and self.model.endpoint is None:
            raise ValueError("maker 'openai' needs `model.endpoint`, such as http://localhost:8000/v1")
        return self


def create_maker(config: RefineConfig, answers: Callable[[ModelConfig], AnswerStore]) -> Maker | None:
    """Return the maker that the configuration names, or None where there shall be none.

    `answers` opens the store of a model's answers. Raises ValueError, ImportError where `check_maker` would.
    """
    if config.maker == "mutation":
        return MutationMaker(config.rounds)
    if config.model is None:
        return None
    if config.maker == "openai":
        from vincicoder.chat.endpoint import shared_asker

        return ModelMaker(config.model, config.rounds, shared_asker(config.model), answers(config.model))
    from vincicoder.refine.in_process import InProcessAsker

    return ModelMaker(config.model, config.rounds, InProcessAsker(config.model), answers(config.model))


def check_maker(config: RefineConfig) -> None:
    """Find before any work starts that the maker cannot work here. Raises `RefineConfigError`."""
    needed = {"openai": "openai", "vllm": "vllm"}.get(config.maker)
    if needed and importlib.util.find_spec(needed) is None:
        raise RefineConfigError(f"the refinement maker {config.maker!r} needs the package {needed} here")
    if config.model is not None:
        try:
            config.model.api_key()
        except ValueError as error:
            raise RefineConfigError(str(error)) from error


def load_refine_config(path: Path) -> RefineConfig:
    """Read the configuration from a YAML file. Raises `RefineConfigError`, which names each wrong field."""
    return read_settings(RefineConfig, path, "the refinement's configuration", RefineConfigError)
