"""Runs the filters in order: the first that rejects decides, and the changes of the others add up."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from vincicoder.clean.blobs import graphics_blob, html_blob, python_blob
from vincicoder.clean.encoding import plain_text
from vincicoder.clean.filter import Changed, Filter, FilterResult, each
from vincicoder.clean.html_resources import html_resources
from vincicoder.clean.language import language_filters
from vincicoder.clean.limits import CleanLimits
from vincicoder.clean.missing_files import latex_files, python_files
from vincicoder.clean.missing_pictures import WITH_PICTURES, shown_files
from vincicoder.clean.names import undefined_names
from vincicoder.clean.notebook_lines import notebook_lines
from vincicoder.clean.personal import personal_filters
from vincicoder.clean.randomness import seeded
from vincicoder.clean.repetition import repetition
from vincicoder.clean.secrets import secret
from vincicoder.clean.size import character_bounds, token_bound
from vincicoder.clean.svg_entities import expand_entities
from vincicoder.clean.svg_resources import svg_resources
from vincicoder.clean.syntax import syntax_filters
from vincicoder.clean.tokens import token_counter
from vincicoder.render.registry import ROW_LANGUAGES
from vincicoder.sample import Language, Rejection, Sample

_HTML, _SVG = frozenset({Language.HTML}), frozenset({Language.SVG})
_SHORT = frozenset({"smiles"})  # a whole one may be of a few letters
_PYTHON, _LATEX = frozenset({Language.PYTHON}), frozenset({Language.LATEX})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The code after all filters, what they changed, and why it is rejected, if it is."""

    code: str
    changes: tuple[str, ...]
    rejection: Rejection | None


def filters(limits: CleanLimits) -> tuple[Filter, ...]:
    """Return the filters in the order in which they look at a row.

    Cheap ones that protect the rest come first; those that make code smaller come before its tokens are
    counted.
    """
    return (
        Filter("encoding", each(plain_text)),
        Filter("characters", each(character_bounds(limits)), frozenset(ROW_LANGUAGES) - _SHORT),
        Filter("characters", each(character_bounds(replace(limits, min_characters=1))), _SHORT),
        Filter("notebook", each(notebook_lines), _PYTHON),
        *language_filters(),
        Filter("entities", each(expand_entities), _SVG),
        *syntax_filters(),
        Filter("undefined_names", undefined_names, _PYTHON),
        Filter("secrets", each(secret)),
        Filter("external_resources", each(html_resources), _HTML),
        Filter("external_resources", each(svg_resources), _SVG),
        Filter("data_blobs", each(html_blob), _HTML),
        Filter("data_blobs", each(graphics_blob), frozenset({Language.SVG, Language.LATEX})),
        Filter("data_blobs", each(python_blob), _PYTHON),
        Filter("missing_files", each(python_files), _PYTHON, python_files),
        Filter("missing_files", each(latex_files), _LATEX),
        *(
            Filter("missing_files", each(partial(shown_files, name)), frozenset({name}))
            for name in sorted(WITH_PICTURES)
        ),
        Filter("repetition", each(repetition)),
        *personal_filters(),
        Filter("randomness", each(seeded), _PYTHON),
        Filter("tokens", token_bound(limits, token_counter(limits.tokenizer))),
    )


def clean_samples(
    samples: Sequence[Sample],
    limits: CleanLimits,
    clock: dict[str, float] | None = None,
    brought: Mapping[int, frozenset[str]] = MappingProxyType({}),
) -> list[Cleaned]:
    """Clean the code of many rows at once: some filters start a program and want it for all.

    `clock` collects the seconds of processor time of each filter by its name. `brought` has the names of the
    data files that rows bring, by the row's number.
    Raises `InfrastructureError` where a tool is missing or broken.
    """
    codes = [sample.code for sample in samples]
    changes: list[list[str]] = [[] for _ in samples]
    rejections: dict[int, Rejection] = {}
    for filter_ in filters(limits):
        started = time.thread_time()
        rows = [
            row
            for row, sample in enumerate(samples)
            if row not in rejections and (not filter_.languages or sample.language in filter_.languages)
        ]
        if filter_.beside is not None and brought:
            for row in (row for row in rows if row in brought):
                _apply(row, filter_.beside(codes[row], brought[row]), codes, changes, rejections)
            rows = [row for row in rows if row not in brought]
        if rows:
            for row, verdict in zip(rows, filter_.check([codes[row] for row in rows]), strict=True):
                _apply(row, verdict, codes, changes, rejections)
        if clock is not None:
            clock[filter_.name] = clock.get(filter_.name, 0.0) + time.thread_time() - started
    return [
        Cleaned(code, tuple(changed), rejections.get(row))
        for row, (code, changed) in enumerate(zip(codes, changes, strict=True))
    ]


def check_code(sample: Sample, limits: CleanLimits) -> Rejection | None:
    """Return why the sample's code can't be used, or None when it can."""
    return clean_samples([sample], limits)[0].rejection


def _apply(
    row: int,
    verdict: FilterResult,
    codes: list[str],
    changes: list[list[str]],
    rejections: dict[int, Rejection],
) -> None:
    if isinstance(verdict, Changed):
        codes[row] = verdict.code
        changes[row].append(verdict.note)
    elif isinstance(verdict, Rejection):
        rejections[row] = verdict


def versions(limits: CleanLimits) -> Mapping[str, str]:
    """Return what besides the limits decides the verdicts: versions of Python, of ruff and the tokenizer."""
    import platform
    from importlib.metadata import version

    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "ruff": version("ruff"),
        "tokenizer": token_counter(limits.tokenizer).name,
    }
