"""Prefect flows and the command line: thin, one flow per file."""

import os

# No telemetry and no call home, whatever the user's profile says. Read by Prefect at import, so this comes
# before any import of it.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
