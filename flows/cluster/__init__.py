"""Shards on the nodes of a Ray cluster. Ray is imported only here, and where a build asks for it."""

from __future__ import annotations

from vincicoder.sample import UserError


class ClusterError(UserError):
    """A cluster that cannot be used as it is. The message says what to do."""
