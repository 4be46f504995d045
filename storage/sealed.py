"""JSON bytes with a checksum of their own."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_CHECKSUM = "sha256"


def sealed(fields: dict[str, Any]) -> bytes:
    """Return fields as JSON bytes, with the checksum of the rest as the field `sha256`."""
    return json.dumps({**fields, _CHECKSUM: _digest(fields)}, indent=1, sort_keys=True).encode()


def unseal(data: bytes, checksum_needed: bool = True) -> dict[str, Any]:
    """Return the fields of sealed bytes, without the checksum. Raises ValueError saying what is wrong."""
    try:
        fields = json.loads(data)
    except ValueError as error:
        raise ValueError(f"it is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ValueError(f"it holds {type(fields).__name__}, not an object")
    checksum = fields.pop(_CHECKSUM, None)
    if checksum is None and not checksum_needed:
        return fields
    if checksum != _digest(fields):
        raise ValueError("its checksum is not that of its content")
    return fields


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
