"""The usual way to render each language, one file per language, to measure the engine against.

Each file has `render(code, size)`: it returns RGB pixels or None when it failed. `size` (width, height
in pixels) is that of the engine's picture, for the languages where the way accepts a size.
"""
