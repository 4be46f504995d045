"""Recipes: quotas, caps, weights, bounds, strata, splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from pydantic import ValidationError

from vincicoder.compose import Candidates, ReleaseRecipe, draw_rows, load_recipe, recipe_names, split_of
from vincicoder.compose.draw import LOW_QUALITY, NOT_ASKED, OVER_QUOTA, TAKEN, allocate
from vincicoder.compose.recipe import SELECTABLE


def candidates(rows: Sequence[dict[str, object]]) -> Candidates:
    texts = {name: [row.get(name) for row in rows] for name in SELECTABLE}
    similarity = [row.get("similarity", np.nan) for row in rows]
    return Candidates(
        [str(row["id"]) for row in rows],
        texts,  # type: ignore[arg-type]
        np.array([row.get("length", 100) for row in rows], np.int64),
        {"similarity": np.array(similarity, np.float64)},
    )


def row(number: int, **changes: object) -> dict[str, object]:
    return {"id": f"id{number}", "domain": "svg", "source": "a", "task": "direct", **changes}


def test_a_quota_takes_the_same_rows_in_any_order() -> None:
    recipe = ReleaseRecipe.model_validate(
        {"name": "small", "quotas": [{"name": "svg", "where": {"domain": "svg"}, "rows": 3}]}
    )
    rows = [row(number, domain="svg" if number % 2 else "chart") for number in range(20)]
    forward, back = draw_rows(candidates(rows), recipe), draw_rows(candidates(rows[::-1]), recipe)
    taken = {r["id"] for r, verdict in zip(rows, forward.verdicts, strict=True) if verdict == TAKEN}
    assert taken == {
        r["id"] for r, verdict in zip(rows[::-1], back.verdicts, strict=True) if verdict == TAKEN
    }
    assert Counter(forward.verdicts.tolist()) == {TAKEN: 13, OVER_QUOTA: 7}
    assert [(r.name, r.wanted, r.available, r.taken) for r in forward.results] == [
        ("svg", 3, 10, 3),
        ("others", None, 10, 10),
    ]


def test_a_row_belongs_to_the_first_quota_it_meets() -> None:
    recipe = ReleaseRecipe.model_validate(
        {
            "name": "two",
            "others": "drop",
            "quotas": [
                {"name": "refine", "where": {"task": "refine"}, "rows": 1},
                {"name": "vector", "where": {"domain": ["svg", "latex"]}},
            ],
        }
    )
    rows = [
        row(1, task="refine"),
        row(2, task="refine"),
        row(3),
        row(4, domain="latex"),
        row(5, domain="web"),
    ]
    drawn = draw_rows(candidates(rows), recipe)
    assert sorted(drawn.verdicts[:2].tolist()) == [TAKEN, OVER_QUOTA]
    assert drawn.verdicts[2:].tolist() == [TAKEN, TAKEN, NOT_ASKED]
    assert drawn.quota.tolist() == [0, 0, 1, 1, -1]


def test_bounds_let_rows_without_a_measure_pass() -> None:
    recipe = ReleaseRecipe.model_validate({"name": "good", "minimum": {"similarity": 0.5}})
    rows = [row(1, similarity=0.4), row(2, similarity=0.6), row(3)]
    assert draw_rows(candidates(rows), recipe).verdicts.tolist() == [LOW_QUALITY, TAKEN, TAKEN]


def test_a_shortfall_is_counted() -> None:
    quota = {"name": "web", "where": {"domain": "web"}, "rows": 10}
    drawn = draw_rows(
        candidates([row(1, domain="web")]), ReleaseRecipe.model_validate({"name": "x", "quotas": [quota]})
    )
    assert (drawn.results[0].taken, drawn.results[0].shortfall) == (1, 9)


def test_a_cap_and_a_weight_hold_a_source_back() -> None:
    rows = [row(number, source="a" if number < 500 else "b") for number in range(1000)]
    capped = {"name": "q", "rows": 400, "max_rows_per_source": 100}
    taken = draw_rows(candidates(rows), ReleaseRecipe.model_validate({"name": "x", "quotas": [capped]}))
    assert taken.results[0].taken == 200
    weighted = {"name": "x", "quotas": [{"name": "q", "rows": 400}], "source_weights": {"b": 3.0}}
    drawn = draw_rows(candidates(rows), ReleaseRecipe.model_validate(weighted))
    counts = Counter(r["source"] for r, v in zip(rows, drawn.verdicts, strict=True) if v == TAKEN)
    assert 2.0 < counts["b"] / counts["a"] < 4.0


def test_strata_even_out_a_skewed_corpus() -> None:
    rows = [row(number, chart_type="bar" if number < 900 else "pie") for number in range(1000)]
    base = {"name": "x", "quotas": [{"name": "q", "rows": 100}]}
    shares = {}
    for evenness in (0.0, 0.5, 1.0):
        drawn = draw_rows(candidates(rows), ReleaseRecipe.model_validate({**base, "evenness": evenness}))
        counts = Counter(r["chart_type"] for r, v in zip(rows, drawn.verdicts, strict=True) if v == TAKEN)
        shares[evenness] = counts["pie"]
    assert shares == {0.0: 10, 0.5: 25, 1.0: 50}


@pytest.mark.parametrize("evenness", [0.0, 0.3, 0.5, 1.0])
def test_allocation_gives_all_rows_and_never_more_than_there_are(evenness: float) -> None:
    sizes = {(name,): size for name, size in zip("abcdefg", (1, 3, 7, 50, 400, 2, 90), strict=True)}
    for rows in (0, 1, 6, 100, 552, 553, 1000):
        shares = allocate(sizes, rows, evenness)
        assert sum(shares.values()) == min(rows, 553)
        assert all(0 <= shares[name] <= size for name, size in sizes.items())


def test_length_strata_are_told_by_characters() -> None:
    rows = [row(number, length=100 if number < 90 else 20_000) for number in range(100)]
    recipe = {"name": "x", "quotas": [{"name": "q", "rows": 20}], "evenness": 1.0, "stratify": ["length"]}
    drawn = draw_rows(candidates(rows), ReleaseRecipe.model_validate(recipe))
    assert int((drawn.verdicts[90:] == TAKEN).sum()) == 10


def test_split_holds_out_the_stated_share() -> None:
    counts = Counter(split_of(f"{number:064x}", 2.0) for number in range(20_000))
    assert 300 < counts["validation"] < 500
    assert set(counts) == {"train", "validation"}
    assert split_of("a cluster", 2.0) == split_of("a cluster", 2.0)


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_loads(name: str) -> None:
    assert load_recipe(name).name == name


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"quotas": [{"name": "a"}, {"name": "a"}]}, "different names"),
        ({"quotas": [{"name": "a", "where": {"colour": "red"}}]}, "received where: colour"),
        ({"source_weights": {"a": 0}}, "above 0"),
        ({"quota": []}, "Extra inputs"),
    ],
)
def test_a_bad_recipe_says_what_is_wrong(content: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ReleaseRecipe.model_validate({"name": "x", **content})


def test_an_unknown_recipe_names_those_that_ship() -> None:
    with pytest.raises(FileNotFoundError, match=r"'nope'.*default"):
        load_recipe("nope")
