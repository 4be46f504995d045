"""Prefect tasks: one file per stage, each running a core function over one shard."""
