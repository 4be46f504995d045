"""The recipe of an RL set: how many rows of which domain, how hard, how many to hold out."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vincicoder.sample import Domain, UserError
from vincicoder.train.recipes import Sampling
from vincicoder.yaml_file import read_settings


class SelectionRecipeError(UserError, ValueError):
    """A recipe that can't be used: what it holds, what is allowed."""


class SelectionRecipe(BaseModel):
    """Quotas and bounds.

    `rows` are those of the whole set; `domains` the share of each. `strata` bands of difficulty get equal
    parts of a domain's rows; what a band lacks goes to the others. With a model's rewards, rows whose mean
    is outside `min_mean..max_mean` or whose spread is below `min_spread` are left out: a group of answers
    that all get the same reward has no advantage in GRPO, so it teaches nothing. `max_code_characters` keeps
    an answer within the response's tokens. `validation` is the share of each
    domain's rows that comes from the SFT release's validation rows, as far as there are any; the rest are its
    train rows. No row changes sides. `sampling` says how a checkpoint's answers are sampled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=1)
    domains: dict[Domain, float]
    strata: int = Field(default=5, ge=1, le=100)
    min_mean: float = Field(default=0.05, ge=0, le=1)
    max_mean: float = Field(default=0.95, ge=0, le=1)
    min_spread: float = Field(default=0.01, ge=0)
    max_code_characters: int = Field(default=24_000, ge=1)
    validation: float = Field(default=0.02, ge=0, lt=1)
    seed: int = 0
    sampling: Sampling = Sampling()

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Self:
        total = sum(self.domains.values())
        if any(share < 0 for share in self.domains.values()) or not 0.999 <= total <= 1.001:
            raise ValueError(f"the domains' shares must be positive and sum to 1; they sum to {total:g}")
        if self.min_mean >= self.max_mean:
            raise ValueError(f"min_mean={self.min_mean} must be below max_mean={self.max_mean}")
        return self

    def chooses_by(self) -> dict[str, Any]:
        """Return what decides which rows are chosen: all but `sampling`, which rewards stand for."""
        return self.model_dump(mode="json", exclude={"sampling"})

    def sampled_by(self, answers: int | None, tokens: int | None, python: str | None) -> Self:
        """Return the recipe with these in place of what its `sampling` says; None leaves it."""
        fields = self.sampling.model_dump()
        fields |= {
            name: value for name, value in (("answers", answers), ("tokens", tokens)) if value is not None
        }
        if python is not None:
            fields["environment"]["python"] = python
        return self.model_copy(update={"sampling": Sampling.model_validate(fields)})

    def quotas(self, rows: int | None = None) -> dict[str, int]:
        """Return the rows of each domain; they sum to `rows` (largest remainders are rounded up)."""
        wanted = self.rows if rows is None else min(rows, self.rows)
        exact = {domain.value: share * wanted for domain, share in sorted(self.domains.items())}
        quotas = {domain: int(value) for domain, value in exact.items()}
        left = wanted - sum(quotas.values())
        by_remainder = sorted(exact, key=lambda domain: (quotas[domain] - exact[domain], domain))
        for domain in by_remainder[:left]:
            quotas[domain] += 1
        return quotas


def load_selection_recipe(name: str) -> SelectionRecipe:
    """Load a recipe by name (`default`, `vincicoder-42k`) or by file. Raises SelectionRecipeError."""
    known = files("vincicoder.select") / "recipes" / f"{name}.yaml"
    if Path(name).suffix in {".yaml", ".yml"}:
        path = Path(name)
        if not path.is_file():
            raise FileNotFoundError(f"no recipe file {path}")
    elif known.is_file():
        path = Path(str(known))
    else:
        raise SelectionRecipeError(
            f"received recipe {name!r}; known are default, vincicoder-42k, or a YAML file"
        )
    return read_settings(SelectionRecipe, path, "recipe", SelectionRecipeError)
