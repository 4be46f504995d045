"""Profiles: what is taken of each source, and how a limit is shared out."""

from __future__ import annotations

import pytest

from vincicoder.sample import RawSample
from vincicoder.sources import profiles
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.profiles import (
    ProfileError,
    Selection,
    get_profile,
    nested_spread,
    plan,
    read_positions,
    select_positions,
    share_out,
    spread,
)
from vincicoder.sources.registry import get_source, list_sources


class Numbers:
    """A source of `size` rows whose code is their position, which notes the ranges it is asked for."""

    def __init__(self, name: str, size: int) -> None:
        self.info = SourceInfo(name, "svg", ("svg",), "MIT", "", "")
        self.size = size
        self.asked: list[tuple[int, int]] = []

    def revision(self) -> str:
        return "1"

    def count(self) -> int:
        return self.size

    def rows(self, start: int, stop: int):  # type: ignore[no-untyped-def]
        self.asked.append((start, stop))
        for position in range(start, stop):
            yield RawSample(str(position), str(position), "svg", "svg", "MIT")


class Sized(Numbers):
    def listing(self) -> list[tuple[str, int]]:
        return [
            (f"{'odd' if position % 2 else 'even'}/{position}", 100 * position)
            for position in range(self.size)
        ]


class Missing(Numbers):
    def count(self) -> int:
        raise SourceUnavailableError(f"install {self.info.name}")


def test_spread_is_even_and_within_bounds() -> None:
    assert spread(10, 3) == [0, 3, 6]
    assert spread(3, 10) == [0, 1, 2]
    assert spread(0, 5) == []
    assert len(set(spread(7458, 450))) == 450


def test_share_out_gives_every_source_a_row_when_it_can() -> None:
    assert share_out(10, [1000, 10, 1, 0]) == [8, 1, 1, 0]
    assert share_out(2, [1, 1, 100]) == [1, 0, 1]
    assert share_out(999, [3, 4]) == [3, 4]
    for total in range(1, 60):
        shares = share_out(total, [31, 17, 2, 9])
        assert sum(shares) == min(total, 59)
        assert all(share <= size for share, size in zip(shares, [31, 17, 2, 9], strict=True))


def test_a_selection_chooses_by_size_then_spreads() -> None:
    source = Sized("a", 20)
    assert select_positions(Selection("a", rows=3, max_bytes=800), source) == [0, 3, 6]
    assert select_positions(Selection("a", max_bytes=300), source) == [0, 1, 2, 3]
    assert select_positions(Selection("a", max_bytes=900, exclude=("odd/*", "*/4")), source) == [0, 2, 6, 8]
    with pytest.raises(ProfileError, match="'b' is not made of files: remove max_bytes and exclude"):
        select_positions(Selection("b", exclude=("x",)), Numbers("b", 5))
    with pytest.raises(ProfileError, match="'b' is not made of files"):
        select_positions(Selection("b", max_bytes=300), Numbers("b", 5))


def test_a_limited_plan_is_part_of_the_whole_one() -> None:
    sources = {"a": Numbers("a", 300), "b": Numbers("b", 30), "c": Numbers("c", 7)}
    selections = [Selection("a", rows=100), Selection("b"), Selection("c")]
    whole = plan(selections, None, sources.__getitem__)
    assert [len(positions) for _, positions in whole] == [100, 30, 7]
    for limit in (1, 2, 3, 20, 136, 137, 5000):
        limited = plan(selections, limit, sources.__getitem__)
        assert sum(len(positions) for _, positions in limited) == min(limit, 137)
        everything = {source.info.name: set(positions) for source, positions in whole}
        for source, positions in limited:
            assert positions == sorted(set(positions)) and set(positions) <= everything[source.info.name]
        assert limited == plan(selections, limit, sources.__getitem__)


def test_a_smaller_limit_takes_rows_of_a_larger_one() -> None:
    sources = {"a": Numbers("a", 300), "b": Numbers("b", 30), "c": Numbers("c", 7)}
    selections = [Selection("a", rows=100), Selection("b"), Selection("c")]
    before: dict[str, set[int]] = {}
    for limit in range(1, 140):
        taken = {
            source.info.name: set(positions)
            for source, positions in plan(selections, limit, sources.__getitem__)
        }
        assert all(before[name] <= taken.get(name, set()) for name in before), limit
        before = taken


def test_a_limit_spreads_over_the_whole_source() -> None:
    assert nested_spread(8, 4) == [0, 2, 4, 6]
    assert nested_spread(1, 5) == [0]
    for wanted in (10, 37, 100):
        taken = nested_spread(1000, wanted)
        gaps = [after - before for before, after in zip([-1, *taken], [*taken, 1000], strict=True)]
        assert len(taken) == wanted
        assert max(gaps) <= 4 * 1000 / wanted


def test_every_missing_corpus_is_named_before_any_work() -> None:
    sources = {"a": Numbers("a", 3), "b": Missing("b", 0), "c": Missing("c", 0)}
    with pytest.raises(SourceUnavailableError) as caught:
        plan([Selection("a"), Selection("b"), Selection("c")], None, sources.__getitem__)
    assert str(caught.value) == "b: install b\nc: install c"
    assert sources["a"].asked == []


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_below_one_is_refused(limit: int) -> None:
    with pytest.raises(ProfileError, match=f"received limit {limit}; allowed is 1 or more"):
        plan([], limit)


def test_positions_are_read_in_runs() -> None:
    source = Numbers("a", 20)
    assert [row.code for row in read_positions(source, [1, 2, 3, 7, 19])] == ["1", "2", "3", "7", "19"]
    assert source.asked == [(1, 4), (7, 8), (19, 20)]
    assert list(read_positions(source, [])) == []


def test_the_shipped_profiles_name_sources_that_exist() -> None:
    known = {info.name for info in list_sources()}
    for name in ("packages", "packages-full"):
        named = [selection.source for selection in get_profile(name)]
        assert set(named) <= known and len(named) == len(set(named))
    assert {selection.source for selection in get_profile("packages-full")} == known
    with pytest.raises(ProfileError, match="unknown profile 'all'; known profiles are packages, packages-f"):
        get_profile("all")
    with pytest.raises(KeyError, match="unknown source 'x'; known sources are bootstrap-components"):
        get_source("x")


def test_every_source_declares_licence_and_citation() -> None:
    for info in list_sources():
        assert info.license and info.citation and info.origin, info.name
        assert info.languages and get_source(info.name).info is info
    assert {info.domain for info in list_sources()} == {"chart", "svg", "web", "latex", "molecule", "diagram"}
    assert profiles.get_profile("packages")[0].source == "matplotlib-gallery"
