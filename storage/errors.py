"""Errors of a home, with messages for its user."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL_OR_FORBIDDEN = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the quota of this user is used up: free some space",
    errno.EFBIG: "files may not become this large here: raise the limit (ulimit -f)",
    errno.EROFS: "its file system is read-only: mount it for writing, or give a different --home",
    errno.EACCES: "this user may not write there: change its owner or mode, or give a different --home",
    errno.EPERM: "this user may not write there: change its owner or mode, or give a different --home",
}


class HomeError(UserError):
    """A home that cannot be used as it is. The message says what to do."""


class HomeBusyError(HomeError):
    """Another build holds this home."""


class NotLocalError(HomeError, ValueError):
    """What was asked for needs a home that is a local folder."""


class HomeUnwritableError(HomeError):
    """Nothing can be written to this home now, so no other try helps: a full disk, a read-only one."""


class HomeUnreachableError(HomeError, OSError):
    """An object store did not answer for a while. Another try may help."""


def why_unwritable(error: BaseException) -> str | None:
    """Return why nothing can be written, if `error` or one of its causes says so; else None."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, HomeUnwritableError):
            return str(seen)
        if isinstance(seen, OSError) and seen.errno in _FULL_OR_FORBIDDEN:
            return f"{seen}: {_FULL_OR_FORBIDDEN[seen.errno]}"
        if isinstance(seen, duckdb.Error):
            for number, advice in _FULL_OR_FORBIDDEN.items():
                if os.strerror(number) in str(seen):
                    return f"{seen}: {advice}"
        seen = seen.__cause__ or seen.__context__
    return None


@contextmanager
def writing(uri: str) -> Iterator[None]:
    """Turn errors that say that nothing can be written into one `HomeUnwritableError`."""
    try:
        yield
    except HomeUnwritableError:
        raise
    except (OSError, duckdb.Error) as error:
        why = why_unwritable(error)
        if why is None:
            raise
        raise HomeUnwritableError(
            f"home {uri} cannot be written: {why}. What is finished is kept: run the same command again"
        ) from error
