"""What the project must know of a language, in one object in the language's folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.hostile_sample import HostileSuite
from vincicoder.render.languages.token_rules import TokenRules, usual_rules
from vincicoder.render.protocol import LanguageRenderer
from vincicoder.sample import DataName

if TYPE_CHECKING:
    from vincicoder.refine.edits import Edit

_USUAL_RULES = usual_rules()


@dataclass(frozen=True, slots=True)
class DocumentMarks:
    """How a whole document of a language begins and ends inside other text; all in lower case."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSpec:
    """One language. `docs/adding-a-language.md` says how to write one.

    Names. `name` stands in rows, requests and fences; `title` in prompts. `domain` is what most of its
    pictures show. `fences` are the further names that a fence of code may carry, in lower case;
    `doubtful_fences` those of them that other languages use too, so that the code itself decides.
    `suffixes` are those of its files, in lower case, the usual one first. A `variant_of` another language
    is a second renderer of it: asked for by its name, never the language of a row. `stack` names the pinned
    set of libraries that it draws with, where its language has several: a number, a year or a version.
    `stack_of` returns the one that a program itself names, '' where it names none.

    Engine. `renderer` imports the module that draws; it is called only where something is drawn, so that
    the rest of the project works without the packages that drawing needs. `hostile` imports the samples of
    its conformance suite (see `vincicoder.render.self_check`). `queue_depth`: samples handed to
    a busy worker ahead of time; over 1 only where a sample takes a few milliseconds, so that the hand-over
    would show. `recycle_after`: samples a worker renders before it is replaced. `scratch_mb`: size of the
    worker's private temporary file system beyond the sample's own `output_mb`. `hands_over_to`: the
    languages in which its renderer may let others draw (see `protocol.HandOver`).

    Code. `tokens` cut it for comparisons. `normal_form` returns a text that is equal for two programs only
    when they draw the same picture; None compares the code as it is. `syntax_error` returns what is wrong
    for certain, in one line with its place, or None; a language without it is left to its renderer.
    `map_comments` returns the code with every comment passed through a function. `start` matches how code
    of this language starts and that of no other language can; `may_start_like` names languages whose start
    it may have all the same. `documents` are the marks of whole documents. `recognise` returns True for
    code of this language, False for code that can be of no language, None where others are to be asked;
    languages of a lower `guess_rank` are asked first. `chart_type` returns the kind of drawing in one word;
    None gives the language's name. `data_names` returns the paths of data files that a program reads or may
    read, also what cannot be one; None where no program of the language gets any. `faults` imports the
    function that finds the faults which refinement can make in a program; it raises what the language's
    parser raises. None makes no refinement rows.
    """

    name: str
    title: str
    domain: str = "diagram"
    fences: tuple[str, ...] = ()
    doubtful_fences: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    variant_of: str = ""
    stack: str = ""
    stack_of: Callable[[str], str] | None = None

    renderer: Callable[[], LanguageRenderer[Any]]
    hostile: Callable[[], HostileSuite]
    queue_depth: int = 1
    recycle_after: int = 1000
    scratch_mb: int = 256
    hands_over_to: tuple[str, ...] = ()

    tokens: TokenRules = _USUAL_RULES
    normal_form: Callable[[str], str] | None = None
    syntax_error: Callable[[str], str | None] | None = None
    map_comments: Callable[[str, Callable[[str], str]], str] | None = None
    start: re.Pattern[str] | None = None
    may_start_like: tuple[str, ...] = ()
    documents: tuple[DocumentMarks, ...] = ()
    recognise: Callable[[CodeHead], bool | None] | None = None
    guess_rank: int = 80
    chart_type: Callable[[str], str] | None = None
    data_names: Callable[[str], Iterable[DataName]] | None = None
    faults: Callable[[], Callable[[str], list[Edit]]] | None = None
