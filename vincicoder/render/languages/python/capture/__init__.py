"""Hooks that catch what the plotting libraries draw."""
