"""Small JSON files with a checksum of their own: what cannot be read, or was changed, counts as not there."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

from storage.errors import HomeUnreachableError

if TYPE_CHECKING:
    from storage.home import Home

logger = logging.getLogger("vincicoder")

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


def write_memo(home: Home, relative: str, value: Any) -> None:
    """Write any JSON value, to be read by `read_memo`."""
    home.write_bytes(relative, sealed({"value": value}))


def read_memo(home: Home, relative: str) -> Any | None:
    """Return the value, or None where there is none; a file that is damaged is moved aside."""
    try:
        data = home.read_bytes(relative)
        if data.lstrip().startswith(b"["):  # written by an earlier version, without a checksum
            return None
        return unseal(data)["value"]
    except FileNotFoundError:
        return None
    except HomeUnreachableError:
        raise
    except (ValueError, KeyError, OSError) as error:
        moved = home.set_aside(relative)
        logger.warning("%s cannot be used (%s): moved to %s, made again", home.path(relative), error, moved)
        return None


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
