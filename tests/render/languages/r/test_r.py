"""What only R does: which of its devices and pages the picture is of, what its clock and chance say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vincicoder.render import RenderEngine
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(bool(why_unsupported("r")), reason=why_unsupported("r"))

_GG = "library(ggplot2)\np <- ggplot(mtcars, aes(wt, mpg)) + geom_point()\n"
_SAVE = "ggsave('a.png', p, width = 3, height = 3)"
_PNG = "png('a.png', 300, 200)\nplot(3:1)\ndev.off()"


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=1) as opened:
        yield opened


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ("plot(1)", (700, 700)),
        ("options(repr.plot.width = 5, repr.plot.height = 3)\nplot(1)", (500, 300)),
        ("dev.new(width = 4, height = 2)\nplot(1, axes = FALSE, ann = FALSE)", (400, 200)),
        ("png('a.png')\nplot(1)", (480, 480)),
        ("jpeg('a.jpg', 5, 4, units = 'in', res = 90)\nplot(1)", (450, 360)),
        ("pdf('a.pdf', 6, 3)\nplot(1)\ndev.off()", (600, 300)),
        ("svg(width = 3, height = 3)\nplot(1)", (300, 300)),
        ("plot(1)\ndev.copy(png, 'a.png', 250, 240)\ndev.off()", (250, 240)),
        (_GG + "ggsave('a.png', width = 4, height = 3, dpi = 50)", (200, 150)),
        (_GG + "ggsave('a.svg', p, width = 5, height = 3)", (500, 300)),
        (_GG + "ggsave('figures/a.pdf', p, width = 8, height = 10, units = 'cm')", (314, 393)),
        (_GG + "ragg::agg_png('a.png', 210, 200)\np\nx <- dev.off()", (210, 200)),
    ],
)
def test_a_picture_has_the_size_that_the_program_gives(
    engine: RenderEngine, code: str, size: tuple[int, int]
) -> None:
    result = engine.render_one(code, "r")
    assert (result.width, result.height) == size, result.detail


@pytest.mark.parametrize(
    ("code", "same_as"),
    [
        ("plot(1)\nplot(1:3)", "plot(1:3)"),
        ("plot(1)\n" + _PNG, _PNG),
        (_PNG + "\nplot(1:3)", "plot(1:3)"),
        ("x <- plot(1)\n" + _PNG + "\nplot(1:3)\nlines(1:3)", "plot(1:3)\nlines(1:3)"),
        (_GG + _SAVE + "\nprint(p)", _GG + _SAVE),
        (_GG + _SAVE + "\np + ggtitle('x')", _GG + "p + ggtitle('x')"),
        (_GG + "for (i in 1:2) print(p)", _GG + "p"),
        (_GG.replace("ggplot2", "tidyverse") + "p", _GG + "p"),
        ("# x\nset.seed(1); plot( runif(3) ) # y", "set.seed(1)\nplot(runif(3))"),
        ("rm(list = ls(all.names = TRUE))\nplot(runif(3))", "plot(runif(3))"),
        ("set.seed(Sys.time())\nplot(1, main = Sys.Date())", "plot(1, main = '2025-01-15')"),
        ("set.seed(NULL)\nplot(runif(9))", "set.seed(0)\nplot(runif(9))"),
    ],
)  # fmt: skip
def test_the_last_output_is_the_picture_and_nothing_else_shows(
    engine: RenderEngine, code: str, same_as: str
) -> None:
    first, second = engine.render_one(code, "r"), engine.render_one(same_as, "r")
    assert first.pixels_sha256 is not None, first.detail
    assert first.pixels_sha256 == second.pixels_sha256


def test_an_error_has_its_line_and_a_missing_column_its_name(engine: RenderEngine) -> None:
    result = engine.render_one(_GG + "q <- p + aes(y = nosuch)\nq", "r")
    assert result.reason == "render.error"
    assert result.detail.startswith("line 4: ") and "object 'nosuch' not found" in result.detail


def test_marks_that_could_be_a_mosaic_are_counted_with_their_information(engine: RenderEngine) -> None:
    tiles = "ggplot(expand.grid(x = 1:20, y = 1:20), aes(x, y, fill = (x * y) %% 2)) + geom_tile()"
    hidden = " + guides(fill = 'none')"
    (note,) = engine.render_one(f"library(ggplot2)\n{tiles}{hidden}", "r").notes
    name, count, information = note.replace("/", ":").split(":")
    assert (name, count) == ("marks", "402") and int(information) < 100
    (note,) = engine.render_one("plot.new()\nrasterImage(matrix(runif(900), 30), 0, 0, 1, 1)", "r").notes
    assert note.startswith("marks:900/") and int(note.partition("/")[2]) > 800
    read = "f <- tempfile()\npng::writePNG(matrix(0:8 / 8, 3), f)\nim <- png::readPNG(f)\nplot.new()\n"
    read += "rasterImage(im, 0, 0, 1, 1)"
    assert engine.render_one(read, "r").notes == ("decoded_image", "decoded_bytes:77")
    assert engine.render_one("plot(1:5)\nrect(1:3, 1, 2:4, 3)", "r").notes == ()
