"""Sends the project's log lines to a Prefect run: a worker configures logging before it imports a flow."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prefect.context import get_run_context
from prefect.exceptions import MissingContextError
from prefect.logging.handlers import APILogHandler
from prefect.runtime import flow_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOGGER = "vincicoder"


@contextmanager
def log_to_run() -> Iterator[None]:
    """Send what `vincicoder` logs within a flow, progress and warnings, to the flow's and tasks' runs.

    All is sent by the end. A handler that is there already, as within another flow, is used as it is.
    """
    logger = logging.getLogger(_LOGGER)
    if any(isinstance(handler, APILogHandler) for handler in logger.handlers):
        yield
        return
    handler, level = APILogHandler(), logger.level
    handler.addFilter(_naming_run(str(flow_run.get_id())))
    logger.addHandler(handler)
    if logger.getEffectiveLevel() > logging.INFO:
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
        handler.flush()


def _naming_run(flow_run_id: str) -> Callable[[logging.LogRecord], bool]:
    """Return a filter that gives to the flow's run what threads outside any run log, such as the engine's."""

    def name(record: logging.LogRecord) -> bool:
        try:
            get_run_context()
        except MissingContextError:
            record.flow_run_id = flow_run_id
        return True

    return name
