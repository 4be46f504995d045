"""Pages the usual way: Playwright and a browser started for every page, a full-page screenshot."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from vincicoder.render.languages.browser.chromium import find_chromium

_MILLISECONDS = 30_000


def render(code: str, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Open the page in a browser of its own with a viewport of 1280x720."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            try:
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                page.set_content(code, timeout=_MILLISECONDS)
                png = page.screenshot(full_page=True, timeout=_MILLISECONDS)
            finally:
                browser.close()
    except Error:
        return None
    with Image.open(io.BytesIO(png)) as image:
        return np.array(image.convert("RGB"))
