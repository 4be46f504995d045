"""Graphviz's dot language."""
