"""Typst documents."""
