"""`render` and `RenderEngine.render_one`, as a script of a user's own calls them."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json
from vincicoder.render import RenderEngine, RenderError, render

circle = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><circle cx="40" cy="30" r="25" fill="red"/></svg>'
picture = render(circle, "svg")
try:
    render(circle.replace("</svg>", ""), "svg")
except RenderError as error:
    refused = [error.reason.value, bool(error.detail), str(error).startswith(error.reason.value)]
with RenderEngine(workers=1) as engine:
    result = engine.render_one(circle, "svg")
print(json.dumps({
    "kind": [type(picture).__module__.split(".")[0], picture.mode, *picture.size],
    "colors": [picture.getpixel((picture.width // 3, picture.height // 2)),
               picture.getpixel((picture.width - 2, picture.height // 2))],
    "refused": refused,
    "one": [result.status.value, [result.width, result.height] == list(picture.size)],
}))
"""  # noqa: E501


def test_one_program_is_one_picture_or_an_error_with_its_reason() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    module, mode, width, height = told["kind"]
    assert (module, mode, width) == ("PIL", "RGB", 2 * height)
    assert told["colors"] == [[255, 0, 0], [255, 255, 255]]
    assert told["refused"] == ["render.error", True, True]
    assert told["one"] == ["rendered", True]
    assert done.stderr == ""
