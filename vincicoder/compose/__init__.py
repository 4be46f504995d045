"""Which rows a release holds, the prompt of each, and its side of the split."""

from vincicoder.compose.chart_type import chart_type_of
from vincicoder.compose.draw import Candidates, Draw, QuotaResult, draw_rows
from vincicoder.compose.instructions import (
    IMAGE_TAG,
    fenced,
    has_media_tag,
    instruction_for,
    language_name,
)
from vincicoder.compose.recipe import Quota, ReleaseRecipe, ReleaseRecipeError, load_recipe, recipe_names
from vincicoder.compose.split import split_of

__all__ = [
    "IMAGE_TAG",
    "Candidates",
    "Draw",
    "Quota",
    "QuotaResult",
    "ReleaseRecipe",
    "ReleaseRecipeError",
    "chart_type_of",
    "draw_rows",
    "fenced",
    "has_media_tag",
    "instruction_for",
    "language_name",
    "load_recipe",
    "recipe_names",
    "split_of",
]
