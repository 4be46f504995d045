"""What the gate lets pass and what it does not, number by number."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from vincicoder.gate import GateLimits, ReleaseCounts, SourceCounts, find_losses


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


def test_limits_may_be_other_ones_and_must_make_sense() -> None:
    now = counts({"a": (200, 70), "b": (50, 50)}, {"render.error": 130}, chart=70, svg=50)
    assert len(find_losses(BEFORE, now, GateLimits())) == 5
    assert find_losses(BEFORE, now, GateLimits(row_loss_percent=30, yield_loss_percent=30)) == []
    with pytest.raises(ValueError, match="0 to 100 percent"):
        GateLimits(new_reason_percent=101)
