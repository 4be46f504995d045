"""A recipe: how many rows of each domain, and how much is held out for validation."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable


class Recipe(BaseModel):
    """What a release is made of. A domain without a quota is taken whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    validation_percent: float = Field(default=2.0, ge=0, le=50)
    max_rows_per_domain: dict[str, int] = Field(default_factory=dict)


def load_recipe(name_or_path: str) -> Recipe:
    """Load a recipe by the name of one that ships with the project, or from a YAML file.

    Raises FileNotFoundError naming what ships, and pydantic's ValidationError on a bad field.
    """
    shipped = files("vincicoder.compose") / "recipes" / f"{name_or_path}.yaml"
    if shipped.is_file():
        return Recipe.model_validate(yaml.safe_load(shipped.read_text("utf-8")))
    path = Path(name_or_path)
    if not path.is_file():
        folder = files("vincicoder.compose") / "recipes"
        known = sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir())
        raise FileNotFoundError(
            f"received recipe {name_or_path!r}; give a YAML file or one of {', '.join(known)}"
        )
    return Recipe.model_validate(yaml.safe_load(path.read_text("utf-8")))


def _rank(purpose: str, sample_id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose}\0{sample_id}".encode()).digest()[:8])


def split_of(pixels_sha256: str, recipe: Recipe) -> str:
    """Return `train` or `validation`, decided by the picture, so that all versions of one picture
    fall on the same side and a row never changes sides between builds."""
    return (
        "validation" if _rank("split", pixels_sha256) % 10_000 < recipe.validation_percent * 100 else "train"
    )


def over_quota(rows: Iterable[tuple[str, str]], recipe: Recipe) -> set[str]:
    """Return the ids of the (sample_id, domain) rows that exceed their domain's quota.

    Which rows stay is decided by a hash of their ids: the same whatever the order of the rows.
    """
    by_domain: dict[str, list[str]] = defaultdict(list)
    for sample_id, domain in rows:
        if domain in recipe.max_rows_per_domain:
            by_domain[domain].append(sample_id)
    surplus: set[str] = set()
    for domain, ids in by_domain.items():
        ids.sort(key=lambda sample_id: (_rank("quota", sample_id), sample_id))
        surplus.update(ids[recipe.max_rows_per_domain[domain] :])
    return surplus
