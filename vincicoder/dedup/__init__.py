"""Duplicates over a whole build, found from ids, hashes and signatures, never from images."""

from vincicoder.dedup.exact import Candidate, Duplicate, exact_duplicates
from vincicoder.dedup.near_image import ImageSignatures, NearImageLimits, near_image_duplicates

__all__ = [
    "Candidate",
    "Duplicate",
    "ImageSignatures",
    "NearImageLimits",
    "exact_duplicates",
    "near_image_duplicates",
]
