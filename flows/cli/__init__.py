"""The command line `vincicoder`: one file a command group."""

from flows.cli.app import app

__all__ = ["app"]
