"""A recipe: what a release is made of, as quotas over domains, sources, languages and tasks."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vincicoder.sample import UserError
from vincicoder.yaml_file import read_settings

# Columns that a quota may select by, and those that a stratum may be made of.
SELECTABLE = ("domain", "source", "language", "task", "license", "chart_type", "difficulty")
Stratum = Literal["chart_type", "length", "difficulty", "language", "source"]


class ReleaseRecipeError(UserError, ValueError):
    """A recipe that says what cannot be."""


class Quota(BaseModel):
    """How many rows of one kind. A row belongs to the first quota whose `where` it meets.

    `where` maps columns to the value or values wanted; `rows` null takes all. `max_rows_per_source` caps
    what one source gives, `minimum` and `maximum` bound columns (a null passes).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rows: int | None = Field(default=None, ge=0)
    max_rows_per_source: int | None = Field(default=None, ge=1)
    minimum: dict[str, float] = Field(default_factory=dict)
    maximum: dict[str, float] = Field(default_factory=dict)

    @field_validator("where", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        unknown = sorted(set(value) - set(SELECTABLE))
        if unknown:
            raise ValueError(f"received where: {', '.join(unknown)}; allowed are {', '.join(SELECTABLE)}")
        return {key: (wanted,) if isinstance(wanted, str) else tuple(wanted) for key, wanted in value.items()}


class ReleaseRecipe(BaseModel):
    """What a release is made of.

    Rows that meet no quota are taken too, unless `others` is `drop`. `minimum` and `maximum` hold for all
    rows. `source_weights` (1 where not named) say how much likelier a source's rows are to be taken.
    Within a quota rows are drawn by strata: a stratum's share is its size to the power `1 - evenness`, so 0
    keeps the proportions and 1 takes the same from each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    validation_percent: float = Field(default=2.0, ge=0, le=50)
    quotas: tuple[Quota, ...] = ()
    others: Literal["take", "drop"] = "take"
    minimum: dict[str, float] = Field(default_factory=dict)
    maximum: dict[str, float] = Field(default_factory=dict)
    source_weights: dict[str, float] = Field(default_factory=dict)
    stratify: tuple[Stratum, ...] = ("chart_type", "length", "difficulty")
    evenness: float = Field(default=0.5, ge=0, le=1)

    @field_validator("quotas")
    @classmethod
    def _named_once(cls, quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
        names = [quota.name for quota in quotas]
        if len(set(names)) < len(names):
            raise ValueError(f"quotas must have different names, received {', '.join(sorted(names))}")
        return quotas

    @field_validator("source_weights")
    @classmethod
    def _positive(cls, weights: dict[str, float]) -> dict[str, float]:
        for source, weight in weights.items():
            if weight <= 0:
                raise ValueError(f"received weight {weight} for {source}; it must be above 0")
        return weights

    @property
    def bounds(self) -> tuple[str, ...]:
        """The columns that any minimum or maximum looks at, sorted."""
        holders: tuple[ReleaseRecipe | Quota, ...] = (self, *self.quotas)
        return tuple(sorted({name for one in holders for name in (*one.minimum, *one.maximum)}))


def recipe_names() -> list[str]:
    """Return the names of the recipes that ship with the project."""
    folder = files("vincicoder.compose") / "recipes"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir())


def load_recipe(name_or_path: str) -> ReleaseRecipe:
    """Load a recipe by the name of one that ships with the project, or from a YAML file.

    Raises FileNotFoundError naming what ships, and ReleaseRecipeError naming each wrong field.
    """
    path = Path(name_or_path)
    if name_or_path in recipe_names():
        path = Path(str(files("vincicoder.compose") / "recipes" / f"{name_or_path}.yaml"))
    elif not path.is_file():
        raise FileNotFoundError(
            f"received recipe {name_or_path!r}; give a YAML file or one of {', '.join(recipe_names())}"
        )
    return read_settings(ReleaseRecipe, path, "recipe", ReleaseRecipeError)
