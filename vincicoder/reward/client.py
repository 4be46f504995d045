"""Asks a reward service."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from vincicoder.reward.agreement import digest, require_same
from vincicoder.reward.breakdown import Breakdown
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.items import RewardItem
from vincicoder.reward.wire import in_parts, pack_rows, unpack_answer
from vincicoder.sample import InfrastructureError

_ATTEMPTS = 4
_PAUSE_SECONDS = 0.5  # doubled after each attempt
_PART_BYTES = 32 << 20  # sent at once, of references and responses: half of what the service takes
_BUSY, _OTHER_CONFIGURATION = 503, 409  # it says when to come again, without end until the timeout


class ServiceClient:
    """Scores batches at `vincicoder serve-reward`. A service out of reach is an error, never a zero."""

    def __init__(self, address: str, timeout_seconds: float = 600.0) -> None:
        if not address.startswith(("http://", "https://")):
            raise ValueError(f"received the service {address!r}; needed is http://host:port, or ray:NAME")
        self._address = address.rstrip("/")
        self._timeout = timeout_seconds
        self._config: RewardConfig | None = None

    def score_batch(self, rows: Sequence[RewardItem | Mapping[str, Any]]) -> list[Breakdown]:
        """See `RewardScorer.score_batch`. Raises RewardError, and InfrastructureError after four attempts."""
        request, failures = pack_rows(rows)
        answer: dict[str, Any] = {"breakdowns": [], "failures": {}}
        for part in in_parts(request, _PART_BYTES):
            wanted = {} if self._config is None else {"configuration": digest(self._config)}
            found = self._ask("/score", {**part, **wanted})
            before = len(answer["breakdowns"])
            answer["breakdowns"] += found["breakdowns"]
            answer["failures"] |= {str(before + int(place)): why for place, why in found["failures"].items()}
        return unpack_answer(len(rows), request, answer, failures)

    def check(self, config: RewardConfig) -> None:
        """Raise ValueError, naming what differs, unless the service scores as `config` says.

        Every later batch is refused too if the service has been restarted with another configuration.
        """
        require_same(config, self._ask("/configuration", None), f"the reward service at {self._address}")
        self._config = config

    def _ask(self, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, data, {"Content-Type": "application/json"})
        pause, attempt = _PAUSE_SECONDS, 0
        deadline = time.monotonic() + self._timeout
        while attempt < _ATTEMPTS:
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as reply:
                    answer: dict[str, Any] = json.loads(reply.read())
                    return answer
            except urllib.error.HTTPError as error:
                problem = f"{error}: {error.read()[:500].decode('utf-8', 'replace')}"
                if error.code == _BUSY and time.monotonic() < deadline:
                    time.sleep(_seconds_to_wait(error.headers.get("Retry-After")))
                    continue
                if error.code == _OTHER_CONFIGURATION and self._config is not None:
                    self.check(self._config)
                if error.code < 500:
                    break
            except (OSError, http.client.HTTPException, ValueError) as error:
                problem = repr(error)
            attempt += 1
            if attempt < _ATTEMPTS:
                time.sleep(pause)
                pause *= 2
        raise InfrastructureError(f"the reward service at {self._address}{path} failed: {problem}")


def _seconds_to_wait(header: str | None) -> float:
    """Read a Retry-After header: seconds from 0.1 to 30, 1 where there is none."""
    try:
        return min(max(float(header or ""), 0.1), 30.0)
    except ValueError:
        return 1.0
