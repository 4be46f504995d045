"""Molecules as MDL Molfiles."""
