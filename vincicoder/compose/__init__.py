"""Which rows a release holds, how each is asked for, and on which side of the split it falls."""

from vincicoder.compose.instructions import fenced_answer, instruction_for
from vincicoder.compose.recipe import Recipe, load_recipe, over_quota, split_of

__all__ = ["Recipe", "fenced_answer", "instruction_for", "load_recipe", "over_quota", "split_of"]
