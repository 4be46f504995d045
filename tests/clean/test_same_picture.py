"""What cleaning changes on real samples must not change their pictures by a single pixel."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from vincicoder.clean import CleanLimits, clean_samples
from vincicoder.render import RenderEngine, RenderRequest, RenderStatus
from vincicoder.sample import Sample
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.profiles import read_positions
from vincicoder.sources.registry import get_source

# What each language may carry and lose again: a comment with a name and an address, in its own syntax.
_COMMENTS = {
    "python": "# Author: Jane Doe <jane@doe.org>\r\n{code}",
    "html": "{code}<!-- Author: Jane Doe <jane@doe.org> -->",
    "svg": "{code}<!-- Created by Jane Doe, jane@doe.org -->",
    "latex": "% Author: Jane Doe <jane@doe.org>\r\n{code}",
    "graphviz": "// Author: Jane Doe <jane@doe.org>\r\n{code}",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=2) as opened:
        yield opened


def real_codes(name: str, count: int) -> list[tuple[str, str]]:
    """Return language and code of some rows at equal distances, or skip where the corpus is not here."""
    source = get_source(name)
    try:
        total = source.count()
    except SourceUnavailableError as error:
        pytest.skip(str(error))
    step = max(1, total // count)
    rows = read_positions(source, tuple(range(0, total, step))[:count])
    return [(row.language, row.code) for row in rows if isinstance(row.code, str)]


def cleaned(rows: list[tuple[str, str]]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return language, code before, code after and changes of the rows that cleaning changes and keeps."""
    samples = [
        Sample(str(number), "s", "1", "r", "MIT", "svg", language, "direct", code, "h")
        for number, (language, code) in enumerate(rows)
    ]
    found = zip(samples, clean_samples(samples, CleanLimits()), strict=True)
    return [
        (sample.language, sample.code, one.code, one.changes)
        for sample, one in found
        if one.changes and one.rejection is None
    ]


def compare(engine: RenderEngine, pairs: list[tuple[str, str, str, tuple[str, ...]]]) -> int:
    """Render before and after; return how many pairs were drawn, all of them alike."""
    requests = [
        RenderRequest(f"{number} {when}", language, code)
        for number, (language, before, after, _) in enumerate(pairs)
        for when, code in (("before", before), ("after", after))
    ]
    results = {result.request_id: result for result in engine.render(requests)}
    drawn = 0
    for number, (_, before, _, changes) in enumerate(pairs):
        one, other = results[f"{number} before"], results[f"{number} after"]
        assert (one.status, one.pixels_sha256) == (other.status, other.pixels_sha256), (changes, before)
        drawn += one.status is RenderStatus.RENDERED
    return drawn


def test_what_real_drawings_lose_was_never_drawn(engine: RenderEngine) -> None:
    assert compare(engine, cleaned(real_codes("openclipart", 60))) >= 25


def test_the_seed_that_is_written_in_is_the_one_that_was_drawn_with(engine: RenderEngine) -> None:
    unseeded = [
        (language, re.sub(r"^np\.random\.seed\(.*?\)\n", "", code, flags=re.MULTILINE))
        for language, code in real_codes("matplotlib-gallery", 1_000)
        if "\nnp.random.seed(" in code
    ]
    pairs = [pair for pair in cleaned(unseeded) if "randomness" in pair[3][-1]][:12]
    assert all("np.random.seed(0)" in after for _, _, after, _ in pairs)
    assert compare(engine, pairs) >= 8


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("matplotlib-gallery", 12),
        ("chemicals", 6),
        ("bootstrap-components", 10),
        ("twemoji", 24),
        ("pgf-manual", 12),
        ("tex-formulas", 12),
        ("graphviz-examples", 8),
    ],
)
def test_line_ends_blanks_and_comments_never_show(engine: RenderEngine, source: str, count: int) -> None:
    rows = [
        (language, "\n \n" + _COMMENTS[language].format(code=code).replace("\n", "\r\n") + "\r\n\r\n")
        if language != "python"
        # A string of several lines keeps its line ends only if Python sees them as such.
        else (language, _COMMENTS[language].format(code=code) + "\n\n\n")
        for language, code in real_codes(source, count)
        if "\r" not in code and not code.startswith("<?xml")
    ]
    pairs = cleaned(rows)
    assert len(pairs) > count // 2
    assert all("jane@doe.org" not in after for _, _, after, _ in pairs)
    assert compare(engine, pairs) > count // 3
