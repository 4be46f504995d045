"""Which rows of a corpus are wanted, by the values of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vincicoder.sample import Reason, Rejection


@dataclass(frozen=True, slots=True)
class Keep:
    """Rules by column: a tuple of allowed values, or (least, most) with None for no bound.

    A row without the column's value is not kept.
    """

    allowed: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.allowed, *self.ranges)

    def verdict(self, values: Mapping[str, Any]) -> Rejection | None:
        """Return why a row is not kept, or None."""
        for column, allowed in self.allowed.items():
            if values.get(column) not in allowed:
                return _rejection(column, values.get(column), f"one of {', '.join(map(str, allowed))}")
        for column, (least, most) in self.ranges.items():
            value = values.get(column)
            if (
                not isinstance(value, int | float)
                or (least is not None and value < least)
                or (most is not None and value > most)
            ):
                wanted = f"from {'any' if least is None else least} to {'any' if most is None else most}"
                return _rejection(column, value, wanted)
        return None


def _rejection(column: str, value: Any, wanted: str) -> Rejection:
    return Rejection(
        Reason.COLLECT_FILTERED, f"{column} is {str(value)[:100]!r}; kept are rows with {wanted}"
    )
