"""Shards on the nodes of a Ray cluster. Ray is imported only here, and where a build asks for it."""

from __future__ import annotations

from vincicoder.sample import UserError

# Shards that are started at a time: those that do not run yet wait for a node.
SHARDS_WAITING = 256


class ClusterError(UserError):
    """A cluster that cannot be used as it is. The message says what to do."""
