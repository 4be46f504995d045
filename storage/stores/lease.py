"""The lease of a home on an object store, where there is no lock that the kernel gives back.

The object `build.lease` names the build that holds the home. It is written under conditions only, and its
holder writes it anew every few seconds. Whoever finds it unchanged for longer, by a clock of their own, takes
it over: clocks of machines are never compared. Nothing depends on it but that two builds do not do the same
work twice: outputs are published under conditions, whoever holds the lease.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from storage.errors import HomeBusyError, HomeError

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE = "build.lease"
RENEWED_SECONDS = 5.0
LOST_SECONDS = 30.0

logger = logging.getLogger("vincicoder")


class _Conditional(Protocol):
    uri: str

    def read_tagged(self, relative: str) -> tuple[bytes, str] | None: ...
    def write_if(self, relative: str, data: bytes, tag: str | None) -> str | None: ...


@contextmanager
def hold_lease(store: _Conditional, stopping: threading.Event) -> Iterator[None]:
    """Hold the home. Raises `HomeBusyError` when another build holds it, or took it over meanwhile."""
    holder = {"host": platform.node(), "process": os.getpid(), "token": secrets.token_hex(8)}
    tag = _acquire(store, holder)
    ended, lost = threading.Event(), threading.Event()

    def renew() -> None:
        nonlocal tag
        count = 0
        while not ended.wait(RENEWED_SECONDS):
            count += 1
            try:
                renewed = store.write_if(LEASE, json.dumps({**holder, "renewed": count}).encode(), tag)
                renewed = renewed or _own_tag(store, holder)
            except Exception as error:  # whatever it is, this goes on: else another build would take over
                logger.warning("the lease of %s cannot be renewed now: %s", store.uri, error)
                continue
            if renewed is None:
                lost.set()
                stopping.set()
                return
            tag = renewed

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    except Exception as error:  # a build that lost its lease ends by the errors of what it stopped
        if lost.is_set():
            raise _taken_over(store) from error
        raise
    finally:
        ended.set()
        thread.join()
        if not lost.is_set():
            try:
                store.write_if(LEASE, b"{}", tag)  # nobody's
            except (HomeError, OSError) as error:
                logger.warning("the lease of %s is not given back: %s", store.uri, error)
    if lost.is_set():
        raise _taken_over(store)


def _taken_over(store: _Conditional) -> HomeBusyError:
    return HomeBusyError(
        f"another build took {store.uri} over, as this one gave no sign for {LOST_SECONDS:.0f} s"
    )


def _acquire(store: _Conditional, holder: dict[str, object]) -> str:
    data = json.dumps(holder).encode()
    seen: str | None = None
    since = time.monotonic()
    while True:
        found = store.read_tagged(LEASE)
        if found is not None and seen is None and _holder(found[0]):
            seen = found[1]
            logger.info("waiting for %s, which may be dead: it holds %s", _holder(found[0]), store.uri)
        if found is not None and _holder(found[0]) and found[1] != seen:
            raise HomeBusyError(
                f"another build ({_holder(found[0])}) is using {store.uri}: wait for it to end, or give a "
                "different --home"
            )
        is_free = found is None or not _holder(found[0]) or time.monotonic() - since > LOST_SECONDS
        if is_free:
            tag = store.write_if(LEASE, data, found[1] if found else None) or _own_tag(store, holder)
            if tag is not None:
                return tag
        time.sleep(0.5)


def _holder(data: bytes) -> str:
    """Return who holds a lease, in words; '' where nobody does."""
    try:
        fields = json.loads(data)
        return f"process {fields['process']} on {fields['host']}" if fields else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _own_tag(store: _Conditional, holder: dict[str, object]) -> str | None:
    """Return the tag of the lease where it is still ours: a write may be done, and only its answer lost."""
    found = store.read_tagged(LEASE)
    try:
        return found[1] if found and json.loads(found[0]).get("token") == holder["token"] else None
    except (ValueError, AttributeError):  # somebody wrote something else there
        return None
