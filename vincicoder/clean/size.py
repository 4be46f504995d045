"""Is the code of a size that a model can learn from and answer with?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vincicoder.clean.filter import FilterResult
from vincicoder.clean.limits import CleanLimits
from vincicoder.clean.tokens import TokenCounter
from vincicoder.sample import Reason, Rejection


def character_bounds(limits: CleanLimits) -> Callable[[str], FilterResult]:
    """Return the check of the length in characters."""

    def check(code: str) -> FilterResult:
        length = len(code)
        if length < limits.min_characters:
            return Rejection(
                Reason.CLEAN_TOO_SHORT,
                f"{length} characters; at least {limits.min_characters} are needed",
                length,
                limits.min_characters,
            )
        if length > limits.max_characters:
            return Rejection(
                Reason.CLEAN_TOO_LONG,
                f"{length} characters; at most {limits.max_characters} are allowed",
                length,
                limits.max_characters,
            )
        return None

    return check


def token_bound(
    limits: CleanLimits, counter: TokenCounter
) -> Callable[[Sequence[str]], Sequence[FilterResult]]:
    """Return the check of the length in tokens.

    A byte-level tokenizer never makes more tokens than there are bytes, so short code needs no counting.
    """

    def check(codes: Sequence[str]) -> Sequence[FilterResult]:
        long = [row for row, code in enumerate(codes) if _bytes(code) > limits.max_tokens]
        counts = dict(zip(long, counter.count([codes[row] for row in long]), strict=True))
        return [
            Rejection(
                Reason.CLEAN_TOO_LONG,
                f"{counts[row]} tokens of {counter.name}; at most {limits.max_tokens} are allowed",
                counts[row],
                limits.max_tokens,
            )
            if counts.get(row, 0) > limits.max_tokens
            else None
            for row in range(len(codes))
        ]

    return check


def _bytes(code: str) -> int:
    return len(code) if code.isascii() else len(code.encode("utf-8", "surrogatepass"))
