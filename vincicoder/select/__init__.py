"""Chooses the rows for reinforcement learning."""

from vincicoder.select.complexity import structural_complexity
from vincicoder.select.difficulty import Difficulty, difficulty_by_rank, difficulty_by_rewards
from vincicoder.select.quotas import Candidate, ChosenRow, Shortfall, select_rows
from vincicoder.select.recipe import SelectionRecipe, load_selection_recipe

__all__ = [
    "Candidate",
    "ChosenRow",
    "Difficulty",
    "SelectionRecipe",
    "Shortfall",
    "difficulty_by_rank",
    "difficulty_by_rewards",
    "load_selection_recipe",
    "select_rows",
    "structural_complexity",
]
