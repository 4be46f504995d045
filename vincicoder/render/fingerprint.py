"""A short name for everything that decides a language's pixels: the key of every render cache."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from vincicoder.render.registry import LANGUAGES

# Raised when the engine's own treatment of pixels changes (compositing on white, size rules),
# what it measures of them (perceptual hash, thumbnail), or how it writes their files.
_PIPELINE_VERSION = "4"


@cache
def fingerprint(language: str) -> str:
    """Return 16 hex digits over the language's renderer, versions, fonts and sizes, and over those of
    the languages that it hands over to.

    Cheap, in the calling process, no worker is started. Same fingerprint and code, same pixels.
    Raises KeyError for an unregistered language, ImportError where its packages are missing.
    """
    spec = LANGUAGES[language]
    parts = {"language": language, "pipeline": _PIPELINE_VERSION, **spec.renderer().fingerprint()}
    parts |= {f"hands over to {name}": fingerprint(name) for name in spec.hands_over_to}
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
