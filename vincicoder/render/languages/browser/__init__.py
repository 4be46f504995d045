"""Headless Chromium, which draws HTML and the languages whose libraries are JavaScript."""
