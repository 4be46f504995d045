"""`python -m flows.cli`: the same as `vincicoder`."""

from flows.cli.app import app

app()
