"""What the gate lets pass and what it does not, number by number."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from vincicoder.gate import (
    GateConfigError,
    GateLimits,
    ReleaseCounts,
    SourceCounts,
    find_losses,
    gate_limits,
)


def counts(
    sources: Mapping[str, tuple[int, int]], reasons: Mapping[str, int] | None = None, **domains: int
) -> ReleaseCounts:
    """Counts of sources, as (collected, direct); all refine rows are beside the point."""
    by_source = {name: SourceCounts(*both, refine=both[1]) for name, both in sources.items()}
    return ReleaseCounts(by_source, domains, reasons or {})


BEFORE = counts({"a": (200, 100), "b": (50, 50)}, {"render.error": 100}, chart=100, svg=50)


@pytest.mark.parametrize(
    ("now", "losses"),
    [
        (counts({"a": (200, 95), "b": (50, 45)}, {"render.error": 110}, chart=95, svg=45), []),
        (
            counts({"a": (200, 100)}, {"render.error": 100}, chart=100),
            [
                "source b is lost: it had 50 rows and has none",
                "domain svg is lost: it had 50 rows and has none",
                "rows released fell from 150 to 100, by 33.3% (at most 10%)",
                "the yield fell from 60.0% to 50.0% of the rows collected, by 16.7% (at most 10%)",
            ],
        ),
        (
            counts({"a": (160, 80), "b": (70, 70)}, {"render.error": 80}, chart=80, svg=70),
            [
                "rows of source a fell from 100 to 80, by 20.0% (at most 10%)",
                "rows of domain chart fell from 100 to 80, by 20.0% (at most 10%)",
            ],
        ),
        (
            counts({"a": (240, 100), "b": (50, 50)}, {"render.timeout": 40}, chart=100, svg=50),
            [
                "the yield fell from 60.0% to 51.7% of the rows collected, by 13.8% (at most 10%)",
                "the yield of source a fell from 50.0% to 41.7% of the rows collected, by 16.7% "
                "(at most 10%)",
                "render.timeout rejected none before and 40 rows now, 13.8% of those collected (at most 5%)",
            ],
        ),
    ],
)  # fmt: skip
def test_losses_are_named_with_their_numbers(now: ReleaseCounts, losses: list[str]) -> None:
    assert find_losses(BEFORE, now, GateLimits()) == losses


def test_a_few_rows_of_a_source_are_no_sign_but_all_of_them_are() -> None:
    before = counts({"a": (900, 900), "b": (8, 8)}, chart=900, svg=8)
    assert find_losses(before, counts({"a": (900, 900), "b": (8, 3)}, chart=900, svg=3), GateLimits()) == []
    gone = find_losses(before, counts({"a": (900, 900), "b": (8, 0)}, chart=900), GateLimits())
    assert [loss.split(":")[0] for loss in gone] == ["source b is lost", "domain svg is lost"]


def test_limits_may_be_other_ones() -> None:
    now = counts({"a": (200, 70), "b": (50, 50)}, {"render.error": 130}, chart=70, svg=50)
    assert len(find_losses(BEFORE, now, GateLimits())) == 5
    assert find_losses(BEFORE, now, GateLimits(row_loss_percent=30, yield_loss_percent=30)) == []


@pytest.mark.parametrize(
    ("received", "message"),
    [
        (None, "received None; expected numbers by name, of row_loss_percent, yield_loss_percent, "),
        ([10], r"received \[10\]; expected numbers by name"),
        ({"row_loss": 5}, "received the limit 'row_loss'; allowed are row_loss_percent, "),
        ({"row_loss_percent": "10%"}, "row_loss_percent is '10%'; expected a number"),
        ({"row_loss_percent": True}, "row_loss_percent is True; expected a number"),
        ({"yield_loss_percent": float("nan")}, "yield_loss_percent is nan; expected a number"),
        ({"new_reason_percent": 101}, "new_reason_percent=101.*0 to 100 percent"),
        ({"few_rows": -1}, "few_rows is not negative"),
        ({"few_rows": 2.5}, "few_rows is 2.5; expected a whole number of rows"),
    ],
)
def test_a_limit_that_is_none_is_named(received: object, message: str) -> None:
    with pytest.raises(GateConfigError, match=message):
        gate_limits(received)


def test_limits_that_are_not_given_keep_their_defaults() -> None:
    assert gate_limits({"few_rows": 9.0}) == GateLimits(few_rows=9)
    assert gate_limits({}) == GateLimits()


def test_an_rl_set_has_no_yield_as_it_collects_nothing() -> None:
    before = counts({"a": (0, 900), "b": (0, 50)}, chart=300, svg=100)
    assert find_losses(before, counts({"a": (0, 9000), "b": (0, 50)}, chart=300, svg=100), GateLimits()) == []
    assert find_losses(before, counts({"a": (0, 900)}, chart=300, svg=50), GateLimits()) == [
        "source b is lost: it had 50 rows and has none",
        "rows of domain svg fell from 100 to 50, by 50.0% (at most 10%)",
        "rows released fell from 400 to 350, by 12.5% (at most 10%)",
    ]
