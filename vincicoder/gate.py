"""The gate that a new release must pass to become the current one: it must not have lost too much.

A corpus that is missing for a night, or a renderer that fails, gives a release that is whole and right in
itself, yet training on it would miss a part. Such a release is published, but it is not what `current` means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from vincicoder.sample import UserError


class GateConfigError(UserError):
    """Limits of the gate that can't be used."""


class ReleaseRefusedError(UserError):
    """A release was published, but lost too much to become the current one."""

    def __init__(self, version: str, losses: Sequence[str]) -> None:
        self.version, self.losses = version, list(losses)
        super().__init__(
            f"release {version} is published but not made the current one, as against that one "
            f"{'; '.join(self.losses)}. Correct the cause and build again, or take it as it is with --accept "
            "(the flow's parameter accept)"
        )

    def __reduce__(self) -> tuple[type[ReleaseRefusedError], tuple[str, list[str]]]:
        return type(self), (self.version, self.losses)


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How much may be lost from one release to the next, in percent (0 to 100) of the earlier one.

    `row_loss_percent`: rows released, in all, of a domain and of a source. `yield_loss_percent`: rows
    released of those collected, in all and of a source. `new_reason_percent`: rows that are rejected for a
    reason that rejected none before, of those collected. A domain or source that loses at most `few_rows`
    rows and keeps some is let pass: a few rows are no sign. All counts are of direct rows.
    """

    row_loss_percent: float = 10.0
    yield_loss_percent: float = 10.0
    new_reason_percent: float = 5.0
    few_rows: int = 5

    def __post_init__(self) -> None:
        shares = (self.row_loss_percent, self.yield_loss_percent, self.new_reason_percent)
        if not all(0 <= share <= 100 for share in shares) or self.few_rows < 0:
            raise ValueError(f"received {self}; shares are 0 to 100 percent, few_rows is not negative")


_LARGEST = 1e15  # of any limit


def gate_limits(received: object) -> GateLimits:
    """Return limits from fields by name, as a file or a flow's parameter has them; the others keep their
    defaults. Raises GateConfigError.
    """
    allowed = ", ".join(field.name for field in fields(GateLimits))
    if not isinstance(received, Mapping):
        raise GateConfigError(f"received {received!r}; expected numbers by name, of {allowed}")
    for name, value in received.items():
        if name not in {field.name for field in fields(GateLimits)}:
            raise GateConfigError(f"received the limit {name!r}; allowed are {allowed}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST < value < _LARGEST:
            raise GateConfigError(f"{name} is {value!r}; expected a number, such as 10 for 10 percent")
    if received.get("few_rows", 0) != int(received.get("few_rows", 0)):
        raise GateConfigError(f"few_rows is {received['few_rows']!r}; expected a whole number of rows")
    try:
        return GateLimits(**received)
    except ValueError as error:
        raise GateConfigError(str(error)) from error


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """Rows of one source: collected, and released as direct and as refinement rows.

    An RL set collects none: its sources are counted in the SFT release that it was chosen from.
    """

    collected: int
    direct: int
    refine: int


@dataclass(frozen=True, slots=True)
class ReleaseCounts:
    """What a release is compared by: counts by source, direct rows by domain, and rejected rows by reason."""

    sources: Mapping[str, SourceCounts]
    domains: Mapping[str, int]
    reasons: Mapping[str, int]

    @property
    def collected(self) -> int:
        return sum(source.collected for source in self.sources.values())

    @property
    def direct(self) -> int:
        return sum(self.domains.values())


def find_losses(before: ReleaseCounts, now: ReleaseCounts, limits: GateLimits) -> list[str]:
    """Return in words what was lost beyond the limits; empty where the new release may become current."""
    return [
        *_lost("source", {name: one.direct for name, one in before.sources.items()},
               {name: one.direct for name, one in now.sources.items()}, limits),
        *_lost("domain", before.domains, now.domains, limits),
        *_fewer("rows released", before.direct, now.direct, limits.row_loss_percent),
        *_lower_yields(before, now, limits),
        *_new_reasons(before, now, limits),
    ]  # fmt: skip


def _lost(kind: str, before: Mapping[str, int], now: Mapping[str, int], limits: GateLimits) -> Iterator[str]:
    for name, rows in sorted(before.items()):
        left = now.get(name, 0)
        if rows and not left:
            yield f"{kind} {name} is lost: it had {rows} rows and has none"
        elif rows - left > limits.few_rows:
            yield from _fewer(f"rows of {kind} {name}", rows, left, limits.row_loss_percent)


def _fewer(what: str, before: int, now: int, allowed: float) -> Iterator[str]:
    if before and _loss(before, now) > allowed:
        yield f"{what} fell from {before} to {now}, by {_loss(before, now):.1f}% (at most {allowed:g}%)"


def _lower_yields(before: ReleaseCounts, now: ReleaseCounts, limits: GateLimits) -> Iterator[str]:
    pairs = [("the yield", _total(before), _total(now))]
    pairs += [
        (f"the yield of source {name}", one, now.sources[name])
        for name, one in sorted(before.sources.items())
        if name in now.sources
    ]
    for what, one, other in pairs:
        if not (one.collected and other.collected and other.direct):
            continue
        was, is_now = (100 * counts.direct / counts.collected for counts in (one, other))
        missed = was / 100 * other.collected - other.direct
        if what != "the yield" and missed <= limits.few_rows:
            continue
        if _loss(was, is_now) > limits.yield_loss_percent:
            yield (
                f"{what} fell from {was:.1f}% to {is_now:.1f}% of the rows collected, by "
                f"{_loss(was, is_now):.1f}% (at most {limits.yield_loss_percent:g}%)"
            )


def _new_reasons(before: ReleaseCounts, now: ReleaseCounts, limits: GateLimits) -> Iterator[str]:
    for reason, rows in sorted(now.reasons.items()):
        if not before.reasons.get(reason) and now.collected:
            share = 100 * rows / now.collected
            if share > limits.new_reason_percent:
                yield (
                    f"{reason} rejected none before and {rows} rows now, {share:.1f}% of those collected "
                    f"(at most {limits.new_reason_percent:g}%)"
                )


def _total(counts: ReleaseCounts) -> SourceCounts:
    return SourceCounts(counts.collected, counts.direct, 0)


def _loss(before: float, now: float) -> float:
    return 100 * (before - now) / before if before else 0.0
