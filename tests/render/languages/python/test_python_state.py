"""What `show` ends, stills of animations, and letters beyond matplotlib's own fonts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult

_START = "import matplotlib.pyplot as plt\nimport numpy as np\n"
_FIRST = "plt.plot([1, 2, 3, 4], [10, 12, 9, 15], 'r')\nplt.title('Rain')\n"
_SECOND = "plt.plot([1, 2, 3, 4], [200, 180, 220, 260], 'b')\nplt.title('Sun')\nplt.show()\n"
_AXES = "fig, ax = plt.subplots()\n"
_WAVE = """
from matplotlib.animation import FuncAnimation, ArtistAnimation, FFMpegWriter, writers
fig, ax = plt.subplots()
ax.set_xlim(0, 6.28); ax.set_ylim(-1, 1)
line, = ax.plot([], [], lw=2)
def step(i):
    x = np.linspace(0, 6.28 * (i + 1) / 10, 100)
    line.set_data(x, np.sin(x))
    return line,
"""
_LAST_FRAME = f"{_WAVE}step(9)\nplt.show()"


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(), workers=2) as opened:
        yield opened


def render(engine: RenderEngine, *codes: str) -> list[RenderResult]:
    """Return the results of programs in their order; all must be drawn."""
    requests = [RenderRequest(str(number), "python", _START + code) for number, code in enumerate(codes)]
    results = sorted(engine.render(requests), key=lambda result: int(result.request_id))
    for result in results:
        assert result.status.value == "rendered", (codes[int(result.request_id)], result.detail)
    return results


@pytest.mark.parametrize(
    "first",
    [
        f"{_FIRST}plt.show()\n",
        f"{_FIRST}plt.savefig('rain.png')\nplt.show()\n",
        f"{_FIRST}plt.show(block=True)\n",
        "for group in range(3):\n    plt.bar(range(3), [group, 1, 2])\n    plt.show()\n",
        "fig, ax = plt.subplots(2, 2)\nax[0, 0].plot([1, 2])\nfig.suptitle('four')\nplt.show()\n",
        "plt.subplot(2, 1, 1)\nplt.plot([1, 2])\nplt.subplot(2, 1, 2)\nplt.plot([2, 1])\nplt.show()\n",
        "import pandas as pd\npd.Series([1, 3, 2]).plot()\nplt.show()\n",
        "import seaborn as sns\nsns.scatterplot(x=[1, 2], y=[2, 1])\nplt.show()\n",
        f"{_FIRST}plt.show()\nplt.close()\n",
    ],
)
def test_what_was_shown_is_not_drawn_on(engine: RenderEngine, first: str) -> None:
    alone, after = render(engine, _SECOND, first + _SECOND)
    assert after.pixels_sha256 == alone.pixels_sha256


@pytest.mark.parametrize("wait", ["plt.show(block=False)", "plt.pause(0.1)", "plt.ion()\nplt.show()"])
def test_a_show_that_does_not_wait_leaves_the_figure_open(engine: RenderEngine, wait: str) -> None:
    together, after = render(engine, _FIRST + _SECOND, f"{_FIRST}{wait}\n{_SECOND}")
    assert after.pixels_sha256 == together.pixels_sha256


@pytest.mark.parametrize(
    "ending",
    [
        "plt.show()\nplt.savefig('after.png')",
        "plt.show()\nplt.gcf().savefig('after.png')",
        "plt.show()\nplt.tight_layout()\nplt.savefig('after.pdf')",
        "fig = plt.gcf()\nplt.show()\nfig.savefig('after.png')",
    ],
)
def test_a_save_after_a_show_is_of_what_was_shown(engine: RenderEngine, ending: str) -> None:
    shown, saved = render(engine, f"{_FIRST}plt.show()", _FIRST + ending)
    assert saved.pixels_sha256 == shown.pixels_sha256


def test_a_figure_in_a_variable_lives_on(engine: RenderEngine) -> None:
    grown, once = render(
        engine,
        f"{_AXES}ax.plot([1, 2])\nplt.show()\n{_SECOND}ax.plot([2, 1])\nfig.savefig('x.png')",
        f"{_AXES}ax.plot([1, 2])\nax.plot([2, 1])\nplt.show()",
    )
    assert grown.pixels_sha256 == once.pixels_sha256


@pytest.mark.parametrize(
    ("ending", "frame"),
    [
        (
            "anim = FuncAnimation(fig, step, frames=10)\nanim.save('w.mp4', 'ffmpeg')\nplt.show()",
            10,
        ),
        ("anim = FuncAnimation(fig, step, frames=10, blit=True)\nplt.show()", 10),
        ("anim = FuncAnimation(fig, step, frames=range(10))\nanim.save('w.gif', writer='pillow')", 10),
        ("anim = FuncAnimation(fig, step, frames=10)\nhtml = anim.to_jshtml()", 10),
        ("anim = FuncAnimation(fig, lambda i: step(min(i, 9)), frames=None)\nplt.show()", 100),
        ("anim = FuncAnimation(fig, step, 10)", 10),
        (
            "def drawing(i):\n    fig.canvas.draw()\n    return step(i)\n"
            "anim = FuncAnimation(fig, drawing, 10, init_func=lambda: line.set_data([], []))\nplt.show()",
            10,
        ),
        (
            "writer = writers['ffmpeg'](fps=5)\nwith writer.saving(fig, 'w.mp4', 100):\n"
            "    for i in range(10):\n        step(i)\n        writer.grab_frame()",
            0,
        ),
    ],
)
def test_an_animation_stands_at_its_last_frame(engine: RenderEngine, ending: str, frame: int) -> None:
    last, still = render(engine, _LAST_FRAME, _WAVE + ending)
    assert still.pixels_sha256 == last.pixels_sha256
    assert still.notes == ((f"animation_frame:{frame}",) if frame else ())


def test_frames_of_artists_stand_at_the_last(engine: RenderEngine) -> None:
    still, last = render(
        engine,
        f"from matplotlib.animation import ArtistAnimation\n{_AXES}ax.set(xlim=(0, 1), ylim=(0, 4))\n"
        "lines = [ax.plot([0, 1], [i, i], 'r') for i in range(4)]\n"
        "anim = ArtistAnimation(fig, lines, blit=True)\nplt.show()",
        f"{_AXES}ax.set(xlim=(0, 1), ylim=(0, 4))\nax.plot([0, 1], [3, 3], 'r')\nplt.show()",
    )
    assert still.pixels_sha256 == last.pixels_sha256
    assert still.notes == ("animation_frame:4",)


def test_letters_come_from_the_fonts_that_have_them(engine: RenderEngine) -> None:
    codes = [
        "plt.rcParams['font.sans-serif'] = ['SimHei']\nplt.title('城市人口（百万）')\nplt.show()",
        "plt.title('温度 ($^\\\\circ$C)')\nplt.xlabel('日本語のテキスト')\nplt.show()",
        "plt.title('\\u5317\\u4eac')\nplt.ylabel('नमस्ते ไทย ქართული')\nplt.show()",
        "plt.title('plain')\nplt.show()",
    ]
    *drawn, plain = render(engine, *codes)
    assert [result.notes for result in drawn] == [(), (), ()]
    assert len({result.pixels_sha256 for result in (*drawn, plain)}) == 4
    lacking = render(engine, "plt.title('rocket \U0001f680 \ue123')\nplt.show()")[0]
    assert lacking.notes == ("missing_glyphs:1F680+E123",)
    redrawn = render(engine, f"plt.title('\U0001f680')\nplt.show()\n{_SECOND}")[0]
    assert redrawn.notes == ()
