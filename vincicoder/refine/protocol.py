"""What a maker of flawed code is: the one protocol of refinement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Target:
    """The right answer: a sample's code and picture (PNG bytes)."""

    sample_id: str
    domain: str
    language: str
    code: str
    image: bytes


@dataclass(frozen=True, slots=True)
class Flaw:
    """Code that should have drawn the target and does not, as far as its maker knows.

    `kinds` are the names of the faults made (mutation), or `("attempt",)` for what a model wrote.
    `detail` says in words what was done, or which model wrote it.
    """

    sample_id: str
    code: str
    maker: str
    kinds: tuple[str, ...]
    detail: str


class Maker(Protocol):
    """Makes flawed code. What it gives counts only once it has been rendered and compared."""

    @property
    def name(self) -> str:
        """`mutation`, or `model:<model's name>`."""

    @property
    def rounds(self) -> int:
        """How often it may be asked again for a target whose flaw did not count."""

    def describe(self) -> dict[str, object]:
        """Return all that decides what it makes, as plain data: part of the outputs' keys."""

    def make(self, targets: Sequence[Target], round_number: int) -> Iterator[Flaw]:
        """Yield at most one flaw a target, in any order. Raises `InfrastructureError` where the
        machinery (a model server) fails for good."""
