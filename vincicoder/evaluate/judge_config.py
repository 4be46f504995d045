"""The configuration of a judge: which model, and by which rubrics."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from vincicoder.chat.config import ModelConfig
from vincicoder.evaluate.rubrics import RUBRICS
from vincicoder.sample import UserError
from vincicoder.yaml_file import read_settings


class JudgeConfigError(UserError):
    """A judge's file cannot be read."""


class JudgeConfig(ModelConfig):
    """A model behind an endpoint that judges by `rubrics`, a name or several of `RUBRICS`."""

    endpoint: str
    rubrics: tuple[str, ...] = Field(min_length=1)
    temperature: float = Field(default=0.0, ge=0, le=2)
    max_tokens: int = Field(default=1024, ge=1)

    @field_validator("rubrics")
    @classmethod
    def _known(cls, rubrics: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in rubrics if name not in RUBRICS]
        if unknown or len(set(rubrics)) < len(rubrics):
            raise ValueError(f"received rubrics {rubrics}; known are {', '.join(RUBRICS)}, each once")
        return rubrics


def load_judge_config(path: Path) -> JudgeConfig:
    """Read a judge from a YAML file. Raises `JudgeConfigError`, which names each wrong field."""
    return read_settings(JudgeConfig, path, "a judge's configuration", JudgeConfigError)
