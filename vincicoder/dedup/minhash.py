"""MinHash signatures of programs, by rensa, over shingles that we hash ourselves.

A shingle is `SHINGLE_TOKENS` tokens in a row. The hashes of tokens and shingles are ours and the
permutations come from a seed, so signatures are the same in every process; `SIGNATURE_VERSION` holds
what could change them and belongs to the key of every output made with them.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rensa
from numpy.typing import NDArray

from vincicoder.dedup.near_code import PERMUTATIONS, Signatures
from vincicoder.dedup.pairs import mix
from vincicoder.dedup.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

Shingles = NDArray[np.uint64]

SHINGLE_TOKENS = 3
_SEED = 42
# rensa gives its matrix as Python lists: of so few programs they stay in the processor's cache.
_SIGNED_AT_A_TIME = 128
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, from the golden ratio

SIGNATURE_VERSION = f"1 rensa {rensa.RMinHash.ALGORITHM_VERSION}"


def shingle_hashes(tokens: NDArray[np.uint64]) -> Shingles:
    """Return the sorted set of a program's shingles. One shorter than a shingle is one shingle."""
    if tokens.size == 0:
        return np.empty(0, np.uint64)
    width = min(SHINGLE_TOKENS, tokens.size)
    count = tokens.size - width + 1
    hashes = np.zeros(count, np.uint64)
    for offset in range(width):
        hashes = mix((hashes * _MULTIPLIER) ^ tokens[offset : offset + count])
    return np.unique(hashes)


def minhash(programs: Sequence[Shingles]) -> Signatures:
    """Return the signatures of shape (programs, 128): the low 16 bits of each of rensa's 32-bit minima.

    Two unequal minima agree in 16 bits once in 65,536 times, which no estimate from 128 values sees.
    A program without shingles has all bits set.
    """
    packed: list[bytes] = []
    for low in range(0, len(programs), _SIGNED_AT_A_TIME):
        part = programs[low : low + _SIGNED_AT_A_TIME]
        offsets = np.zeros(len(part) + 1, np.uint64)
        np.cumsum([program.size for program in part], out=offsets[1:])
        flat = np.concatenate(part)
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, PERMUTATIONS, _SEED)
        # `array` reads lists of numbers twice as fast as NumPy does.
        packed += [array("I", minima).tobytes() for minima in matrix.to_rows()]
    return np.frombuffer(b"".join(packed), np.uint32).reshape(-1, PERMUTATIONS).astype(np.uint16)


@dataclass(frozen=True, slots=True)
class ProgramShingles:
    """The sets of shingles of one program: as written, without its names, and abstracted."""

    code: Shingles
    unnamed: Shingles
    template: Shingles


def program_shingles(code: str, language: str) -> ProgramShingles:
    """Return a program's shingles in the three views of `vincicoder.dedup.tokens`."""
    tokens = tokenize(code, language)
    return ProgramShingles(
        shingle_hashes(tokens.plain), shingle_hashes(tokens.unnamed), shingle_hashes(tokens.abstract)
    )


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the similarity of two sorted sets, 0 to 1; 0 for two empty ones."""
    both = np.intersect1d(one, other, assume_unique=True).size
    together = one.size + other.size - both
    return both / together if together else 0.0
