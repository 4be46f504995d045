"""Whether two processes would give the same score: all options are compared but those of the machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from vincicoder.reward.config import RewardConfig

# Of the machine, not of the score.
_LOCAL = frozenset(
    {
        "device", "batch_tiles", "lpips_weights", "workers", "retries", "require_sandbox",
        "cached_references", "cached_comparisons",
    }
)  # fmt: skip


def deciding_fields(config: RewardConfig) -> dict[str, Any]:
    """Return the options that decide a score, as JSON gives them back."""
    fields = {name: value for name, value in asdict(config).items() if name not in _LOCAL}
    decoded: dict[str, Any] = json.loads(json.dumps(fields))
    return decoded


def digest(config: RewardConfig) -> str:
    """Return a sha256 over the options that decide a score."""
    return hashlib.sha256(json.dumps(deciding_fields(config), sort_keys=True).encode()).hexdigest()


def require_same(config: RewardConfig, theirs: Mapping[str, Any], where: str) -> None:
    """Raise ValueError, naming each field, unless `theirs` (a service's `deciding_fields`) are `config`'s."""
    ours = deciding_fields(config)
    differing = [
        f"{name}: {theirs.get(name, 'not known there')!r} there, {ours.get(name, 'not known here')!r} here"
        for name in sorted({*ours, *theirs})
        if name not in theirs or name not in ours or theirs[name] != ours[name]
    ]
    if differing:
        raise ValueError(
            f"{where} scores with another configuration ({'; '.join(differing)}): "
            "start it with the same --preset and --encoder, or use another"
        )
