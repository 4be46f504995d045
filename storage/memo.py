"""Small JSON files with a checksum of their own: what cannot be read, or was changed, counts as not there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from storage.errors import HomeUnreachableError
from storage.sealed import sealed, unseal

if TYPE_CHECKING:
    from storage.home import Home

logger = logging.getLogger("vincicoder")


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
