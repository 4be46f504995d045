"""Gnuplot scripts."""
