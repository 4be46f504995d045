"""Duplicates over a whole build, found from ids, hashes and signatures, never from images."""

from vincicoder.dedup.exact import exact_duplicates, group_numbers, preference_order
from vincicoder.dedup.keepers import Kind
from vincicoder.dedup.near_code import NearCodeLimits
from vincicoder.dedup.pictures import NearImageLimits
from vincicoder.dedup.search import DuplicateLimits, Found, Signed, find_duplicates

__all__ = [
    "DuplicateLimits",
    "Found",
    "Kind",
    "NearCodeLimits",
    "NearImageLimits",
    "Signed",
    "exact_duplicates",
    "find_duplicates",
    "group_numbers",
    "preference_order",
]
