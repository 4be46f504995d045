"""The retries that Prefect would make, where it does not run the task."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tasks.stage import TASK_OPTIONS, is_retryable
from vincicoder.retrying import retry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger("vincicoder")


def with_retries(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Call a task's function; failures of the machinery are tried again, as under Prefect."""

    def warn(error: Exception, seconds: float) -> None:
        logger.warning("%s: trying again in %d s", error, seconds)

    return retry(lambda: function(**arguments), TASK_OPTIONS["retry_delay_seconds"], is_retryable, warn)
