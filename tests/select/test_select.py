"""The RL set: quotas, spread, clusters, and what a model's rewards leave out."""

from __future__ import annotations

import random

import pytest

from vincicoder.select import (
    Candidate,
    Difficulty,
    SelectionRecipe,
    difficulty_by_rank,
    difficulty_by_rewards,
    load_selection_recipe,
    select_rows,
    structural_complexity,
)
from vincicoder.select.layouts import rl_row
from vincicoder.select.recipe import SelectionRecipeError

RECIPE = SelectionRecipe(rows=20, domains={"chart": 0.5, "svg": 0.5}, strata=5, validation=0.25)  # type: ignore[dict-item]


def candidates(domain: str, count: int, **changes: object) -> list[Candidate]:
    return [
        Candidate(f"{domain}-{n}", domain, f"{domain}-cluster-{n}", 100, Difficulty(n / max(count - 1, 1)))
        for n in range(count)
    ]


def test_quotas_are_filled_evenly_over_difficulty() -> None:
    chosen, shortfalls, left_out = select_rows([*candidates("chart", 100), *candidates("svg", 100)], RECIPE)
    assert shortfalls == []
    assert left_out == {"over_quota": 180}
    for domain in ("chart", "svg"):
        strata = [row.stratum for row in chosen if row.candidate.domain == domain]
        assert sorted(strata) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_the_order_of_candidates_does_not_matter() -> None:
    rows = [*candidates("chart", 60), *candidates("svg", 60)]
    first = select_rows(rows, RECIPE)
    random.Random(1).shuffle(rows)
    assert select_rows(rows, RECIPE) == first


def test_a_cluster_is_taken_once_and_lies_on_one_side() -> None:
    rows = [Candidate(f"a{n}", "chart", f"cluster-{n % 4}", 10, Difficulty(n / 40)) for n in range(40)]
    chosen, shortfalls, left_out = select_rows(rows, RECIPE)
    assert len(chosen) == 4
    assert len({row.candidate.cluster for row in chosen}) == 4
    assert left_out == {"same_cluster": 36}
    assert [(gap.domain, gap.wanted, gap.found) for gap in shortfalls] == [("chart", 10, 4), ("svg", 10, 0)]


def test_a_limit_lowers_every_quota() -> None:
    chosen, _, _ = select_rows([*candidates("chart", 50), *candidates("svg", 50)], RECIPE, rows=7)
    assert sorted(row.candidate.domain for row in chosen) == ["chart"] * 4 + ["svg"] * 3


def test_rows_that_teach_nothing_are_left_out() -> None:
    rewards = [[1.0, 1.0], [0.0, 0.0], [0.5, 0.5], [0.2, 0.8]]
    found = difficulty_by_rewards(rewards)
    assert [(d.value, d.mean, d.spread) for d in found] == [
        (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.5, 0.5, 0.0), (0.5, 0.5, 0.3)
    ]  # fmt: skip
    rows = [Candidate(f"c{n}", "chart", f"k{n}", 10, difficulty) for n, difficulty in enumerate(found)]
    chosen, _, left_out = select_rows(rows, RECIPE)
    assert [row.candidate.sample_id for row in chosen] == ["c3"]
    assert left_out == {"always_solved": 1, "never_solved": 1, "no_spread": 1}


def test_rewards_must_be_there() -> None:
    with pytest.raises(ValueError, match="row 1 has no rewards"):
        difficulty_by_rewards([[1.0], []])


def test_difficulty_is_the_rank_within_a_group() -> None:
    found = difficulty_by_rank(["a", "a", "b", "a", "a"], [10, 30, 5, 20, 30])
    assert [difficulty.value for difficulty in found] == [0.0, 0.833333, 0.5, 0.333333, 0.833333]


@pytest.mark.parametrize(
    ("language", "simple", "complex_"),
    [
        ("python", "plt.plot([1])", "for i in range(3):\n    plt.plot([i, 2 * i])\nplt.legend()"),
        ("svg", "<svg><rect/></svg>", '<svg><g><rect x="1"/><circle r="2"/></g></svg>'),
        ("html", "<p>a", "<div><p class='x'>a</p><p>b</p></div>"),
        ("latex", r"\draw (0,0);", r"\draw[red] (0,0) -- (1,1); \node at (1,1) {$x$};"),
        ("graphviz", "digraph { a }", "digraph { a -> b; b -> c }"),
        ("python", "not python (", "not python ( at all ( and longer"),
    ],
)
def test_more_structure_is_more_complex(language: str, simple: str, complex_: str) -> None:
    assert 1 <= structural_complexity(language, simple) < structural_complexity(language, complex_)


def test_recipes_of_the_project_load_and_sum_up() -> None:
    recipe = load_selection_recipe("vincicoder-42k")
    assert sum(recipe.quotas().values()) == 42_000
    assert set(recipe.quotas()) == {"chart", "web", "svg", "latex", "molecule"}
    with pytest.raises(SelectionRecipeError, match="known are default, vincicoder-42k"):
        load_selection_recipe("nothing")


def test_shares_must_sum_to_one() -> None:
    with pytest.raises(ValueError, match=r"sum to 0\.6"):
        SelectionRecipe(rows=10, domains={"chart": 0.6})  # type: ignore[dict-item]


def test_an_instruction_without_its_image_is_refused() -> None:
    row = {"sample_id": "s", "instruction": "draw it", "image": {"bytes": b"png", "path": "s.png"}}
    with pytest.raises(ValueError, match="<image> 0 times; once is needed"):
        rl_row(row, index=0, split="train", stratum=0, difficulty=0.5)
