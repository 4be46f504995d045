"""Asks a reward service."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from vincicoder.reward.breakdown import Breakdown
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.items import RewardItem
from vincicoder.reward.wire import pack_rows, unpack_answer
from vincicoder.sample import InfrastructureError

_ATTEMPTS = 4
_PAUSE_SECONDS = 0.5  # doubled after each attempt


class ServiceClient:
    """Scores batches at `vincicoder serve-reward`. A service out of reach is an error, never a zero."""

    def __init__(self, address: str, timeout_seconds: float = 600.0) -> None:
        if not address.startswith(("http://", "https://")):
            raise ValueError(f"received the service {address!r}; needed is http://host:port, or ray:NAME")
        self._address = address.rstrip("/")
        self._timeout = timeout_seconds

    def score_batch(self, rows: Sequence[RewardItem | Mapping[str, Any]]) -> list[Breakdown]:
        """See `RewardScorer.score_batch`. Raises RewardError, and InfrastructureError after four attempts."""
        request, failures = pack_rows(rows)
        answer = self._ask("/score", request)
        return unpack_answer(len(rows), request, answer, failures)

    def check(self, config: RewardConfig) -> None:
        """Raise ValueError unless the service scores by the same preset and encoder as `config`."""
        theirs = self._ask("/health", None)
        ours = {"encoder": config.encoder, "grid": config.grid}
        differing = {name: theirs[name] for name in ours if theirs[name] != ours[name]}
        if differing:
            raise ValueError(
                f"the reward service at {self._address} scores with {differing}, asked for was {ours}: "
                "start it with the same --preset and --encoder"
            )

    def _ask(self, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, data, {"Content-Type": "application/json"})
        pause = _PAUSE_SECONDS
        for attempt in range(_ATTEMPTS):
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as reply:
                    answer: dict[str, Any] = json.loads(reply.read())
                    return answer
            except urllib.error.HTTPError as error:
                problem = f"{error}: {error.read()[:500].decode('utf-8', 'replace')}"
                if error.code < 500:
                    break
            except (OSError, http.client.HTTPException, ValueError) as error:
                problem = repr(error)
            if attempt + 1 < _ATTEMPTS:
                time.sleep(pause)
                pause *= 2
        raise InfrastructureError(f"the reward service at {self._address}{path} failed: {problem}")
