"""Scripts of several figures become one program a figure, each complete and no larger than it needs."""

from __future__ import annotations

from vincicoder.sources.packages.example_galleries import count_figures, drop_gallery_markup
from vincicoder.sources.packages.figure_slices import slice_figures

_SCRIPT = """import matplotlib.pyplot as plt
import numpy as np

np.random.seed(1)
plt.rcParams["axes.grid"] = True


def wave(x):
    return np.sin(x)


x = np.linspace(0, 1)
unused = np.zeros(3)

# The first figure.
fig, ax = plt.subplots()
ax.plot(x, wave(x))
plt.show()

y = x**2
y += 1
fig, ax = plt.subplots()
ax.plot(y)
ax.set_title("second")
plt.show()

plt.figure()
plt.plot(y)
plt.title("third")
plt.show()
"""


def test_each_figure_keeps_what_it_needs_and_no_more() -> None:
    first, second, third = slice_figures(_SCRIPT)
    assert (
        first
        == """import matplotlib.pyplot as plt
import numpy as np

np.random.seed(1)
plt.rcParams["axes.grid"] = True

def wave(x):
    return np.sin(x)

x = np.linspace(0, 1)

# The first figure.
fig, ax = plt.subplots()
ax.plot(x, wave(x))

plt.show()
"""
    )
    assert "y += 1" in second and '"second"' in second
    assert "wave" not in second and "first" not in second and '"third"' not in second
    assert "plt.figure()" in third and '"third"' in third and "y += 1" in third and "subplots" not in third
    for program in (first, second, third):
        assert "unused" not in program and program.count("plt.show()") == 1


def test_a_figure_that_needs_another_one_is_left_out() -> None:
    script = (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\n"
        "limits = ax.get_xlim()\nfig2, ax2 = plt.subplots()\nax2.set_xlim(limits)\n"
    )
    (only,) = slice_figures(script)
    assert "fig2" not in only


def test_figures_made_in_a_loop_and_code_that_does_not_parse_give_none() -> None:
    loop = "import matplotlib.pyplot as plt\nfor i in range(3):\n    plt.figure()\n    plt.plot([i])\n"
    assert slice_figures(loop) == []
    assert slice_figures("plt.figure(") == []


def test_a_local_function_that_makes_a_figure_counts_as_a_maker() -> None:
    script = (
        "import matplotlib.pyplot as plt\ndef draw(n):\n    fig, ax = plt.subplots()\n    ax.plot([n])\n"
        "draw(1)\ndraw(2)\n"
    )
    first, second = slice_figures(script)
    assert "draw(1)" in first and "draw(2)" not in first
    assert "draw(2)" in second and "draw(1)" not in second


def test_a_figure_that_nothing_is_drawn_on_is_left_out() -> None:
    script = "import matplotlib.pyplot as plt\nplt.figure()\nplt.show()\nplt.figure()\nplt.plot([1])\n"
    (only,) = slice_figures(script)
    assert only.count("plt.figure()") == 1 and "plt.plot([1])" in only


def test_counting_figures() -> None:
    assert count_figures("plt.plot([1])") == 1
    assert count_figures("fig = plt.figure()\naxes = fig.subplots(2)\n") == 1
    assert count_figures("plt.subplots()\nplt.figure()\n") == 2
    assert count_figures("for i in range(2):\n    plt.figure()\n") == 2
    assert count_figures("not python at all (") == 1


def test_gallery_markup_goes_and_code_stays() -> None:
    script = (
        '"""\n=====\nTitle\n=====\n\nProse.\n"""\n# A comment that stays.\nimport numpy as np\n\n'
        "# %%\n# Prose of a cell\n# over two lines.\n\nx = 1  # kept\n# sphinx_gallery_thumbnail_number = 2\n"
        "# also kept\ny = 2\n#######\n# old style prose\nz = 3\n"
    )
    assert drop_gallery_markup(script) == (
        "# A comment that stays.\nimport numpy as np\n\nx = 1  # kept\n# also kept\ny = 2\nz = 3\n"
    )
    assert drop_gallery_markup("def broken(") == "def broken("


def test_a_function_may_use_what_is_defined_after_it() -> None:
    script = (
        "import matplotlib.pyplot as plt\ndef outer():\n    return inner()\ndef inner():\n    return [1]\n"
        "plt.figure()\nplt.plot(outer())\nplt.figure()\nplt.plot([2])\n"
    )
    first, second = slice_figures(script)
    assert "def inner" in first and "def inner" not in second
