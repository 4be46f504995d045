"""Prefect flows and the command line: thin, one flow per file."""

import os

# No telemetry and no call home, whatever the user's profile says; and the core's log lines belong
# in the run's log. Read by Prefect at import, so this comes before any import of it.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "vincicoder")
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
