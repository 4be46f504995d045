"""What a notebook's code has beside Python goes; what only looks like it stays."""

from __future__ import annotations

import pytest

from vincicoder.clean.filter import Changed
from vincicoder.clean.notebook_lines import notebook_lines
from vincicoder.sample import Rejection

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2], [2, 1])\nplt.show()"


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        (f"%matplotlib inline\n{PLOT}", PLOT),
        (f"!pip install x\n%load_ext autoreload\n{PLOT}", PLOT),
        (f"%%time\n{PLOT}\nplt?", f"{PLOT}\n"),
        (f"get_ipython().run_line_magic('matplotlib', 'inline')\n{PLOT}", PLOT),
        (f"%time x = 1\n{PLOT}", f"x = 1\n{PLOT}"),
        ("for a in [1]:\n    !echo {a}\nprint(1)", "for a in [1]:\n    pass\nprint(1)"),
        ("%pylab inline\nplot([1])", None),
    ],
)
def test_notebook_lines_are_removed_and_said(code: str, plain: str | None) -> None:
    found = notebook_lines(code)
    assert isinstance(found, Changed) and found.note.startswith("notebook: ")
    compile(found.code, "<test>", "exec")
    assert plain is None or found.code == plain


@pytest.mark.parametrize(
    "code",
    [
        PLOT,
        'text = """\n%matplotlib inline\n!ls\n"""',
        "x = (7\n % 3)",
        "if a != b:\n    pass",
        "def broken(:\n  x",
    ],
)
def test_other_code_stays(code: str) -> None:
    assert notebook_lines(code) is None


def test_code_from_elsewhere_is_a_missing_file() -> None:
    found = notebook_lines(f"%run helper.py\n{PLOT}")
    assert (
        isinstance(found, Rejection) and found.reason == "clean.missing_file" and "helper.py" in found.detail
    )
