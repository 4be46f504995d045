#!/usr/bin/env bash
# crfm-helm 0.5.16, Image2Struct's `pixel_similarity`. One expects 1.0 for a picture compared with itself.
# The evaluator hands over a grey picture, of shape (height, width), but the function reads the last axis as
# the colours of a pixel: whole rows are the "pixels". Rows of the commonest kind (white) are ignored, and
# the ignored rows still count as wrong, so a mostly white page scores near 0 against itself.
# Why it matters here: a model that copies a web page or a LaTeX picture perfectly is reported at 2%.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
pip() { "$folder/env/bin/pip" install -q --disable-pip-version-check "$@" 2>/dev/null; }
pip --no-deps crfm-helm==0.5.16
pip numpy==2.4.6 pillow==12.0.0 opencv-python-headless==4.13.0.90
"$folder/env/bin/python" - <<'PYTHON'
import numpy as np
from PIL import Image, ImageDraw
from helm.benchmark.metrics.vision_language.image_utils import pixel_similarity, preprocess_image

page = Image.new("RGB", (1024, 1024), "white")
draw = ImageDraw.Draw(page)
for line in range(20):
    draw.line([(100, 100 + line), (900, 100 + line * 2)], fill="black")
grey = preprocess_image(page)
noise = np.random.default_rng(0).integers(0, 256, (1024, 1024), dtype=np.uint8)
of_page, of_noise = pixel_similarity(grey, grey), pixel_similarity(noise, noise)
print(f"a page with itself: {of_page:.4f}; noise with itself: {of_noise:.4f}")
raise SystemExit(0 if of_page < 0.1 and of_noise == 1.0 else 1)
PYTHON
