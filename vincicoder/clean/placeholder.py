"""The grey box that stands in for a picture, as the adapters of page corpora draw it."""

from __future__ import annotations

from vincicoder.sources.packages.html_document import placeholder_picture


def placeholder_address(width: int, height: int) -> str:
    """Return a data URI of a grey picture of that size in pixels, with no quotes and no spaces in it.

    So it may stand in an attribute, in a style sheet or in a script, whatever quotes are around it.
    """
    return placeholder_picture(width, height).replace("'", "%27").replace(" ", "%20")
