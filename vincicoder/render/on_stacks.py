"""Draws a program on the stack whose libraries know the names that it uses."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vincicoder.render.api import RenderRequest, RenderResult, RenderStatus
from vincicoder.render.engine.engine import RenderEngine
from vincicoder.render.notes import CHANGED_CALL, REMOVED_NAME, UNKNOWN_NAME, merged
from vincicoder.render.registry import LANGUAGES, language_on, stack_named_in, stacks_of, why_unsupported
from vincicoder.render.stacks import order_from


@dataclass(frozen=True, slots=True)
class OnStack:
    """A result, the stack it is of ('' for a language without stacks), and what came of others before it."""

    result: RenderResult
    stack: str
    before: tuple[tuple[str, RenderResult], ...] = ()


_ASKING = (REMOVED_NAME, UNKNOWN_NAME, CHANGED_CALL)


def asks_for_another_stack(notes: Iterable[str]) -> bool:
    """Return whether a program's result on one stack says that another may do better: it failed by a name
    that the libraries do not have, or made a call that they answer otherwise than others."""
    return any(note.startswith(_ASKING) for note in notes)


def is_better(drawn: bool, notes: Iterable[str], drawn_before: bool) -> bool:
    """Return whether a result counts in place of the one before it, which asked for another stack: it is a
    picture where there was none, or one by libraries that answer the program's calls as it expects, or it
    shows what is wrong with a program of which there is no picture."""
    settles = not asks_for_another_stack(notes)
    return drawn and settles if drawn_before else drawn or settles


def usable_stacks(language: str, first: str = "", named: str = "") -> tuple[str, ...]:
    """Return the stacks that can draw a language here, in the order in which they are tried.

    `first` is the one to begin with where the language has it, by default its own (`python-2022` begins with
    2022) or newest; `named` the one that a program itself names, which goes before. Empty where the language
    has no stacks.
    """
    stacks = stacks_of(language)
    if not stacks:
        return ()
    wanted = (named, first, LANGUAGES[language].stack, stacks[-1])
    start = next(stack for stack in wanted if stack in stacks)
    return tuple(
        stack for stack in order_from(start, stacks) if not why_unsupported(language_on(language, stack))
    )


@dataclass(slots=True)
class _Attempt:
    """A request, the stacks to try in turn, and what came of those that were."""

    request: RenderRequest
    stacks: tuple[str, ...]
    tried: list[tuple[str, RenderResult]] = field(default_factory=list)

    @property
    def stack(self) -> str:
        """The stack whose turn it is."""
        return self.stacks[len(self.tried)] if self.stacks else ""

    def take(self, result: RenderResult) -> OnStack | None:
        """Note a stack's result; return what is settled, or None where the next one is to try."""
        self.tried.append((self.stack, replace(result, request_id=self.request.request_id)))
        asks = result.status is not RenderStatus.FAILED and asks_for_another_stack(result.notes)
        return None if asks and len(self.tried) < len(self.stacks) else _settled(self.tried)


def render_on_stacks(
    engine: RenderEngine, requests: Iterable[RenderRequest], abandoned: threading.Event | None = None
) -> Iterator[OnStack]:
    """Yield what came of each request, as they finish; `requests` is pulled as places free up.

    A request's language may be that of a stack (`language_on`), which then tries first, unless the program
    itself names another. A program that fails by a name that a stack does not have, or makes a call that its
    libraries answer otherwise than others, is tried on the next, after all others have been. Where none does
    better, the result is the first picture, or that of the first stack on which it failed by something else,
    or of the first of all. Results keep the ids of their requests. Once
    `abandoned` is set, what is being drawn is given up and nothing more is yielded.
    """
    attempts: Iterable[_Attempt] = (_Attempt(one, _stacks_for(one)) for one in requests)
    while attempts and not (abandoned is not None and abandoned.is_set()):
        again: list[_Attempt] = []
        asked: dict[str, _Attempt] = {}
        for result in engine.render(_ask(attempts, asked), abandoned):
            attempt = asked.pop(result.request_id)
            settled = attempt.take(result)
            if settled is None:
                again.append(attempt)
            else:
                yield settled
        attempts = again


def _stacks_for(request: RenderRequest) -> tuple[str, ...]:
    return usable_stacks(request.language, named=stack_named_in(request.code, request.language))


def _ask(attempts: Iterable[_Attempt], asked: dict[str, _Attempt]) -> Iterator[RenderRequest]:
    for number, attempt in enumerate(attempts):
        asked[str(number)] = attempt
        language = attempt.request.language
        if attempt.stack:
            language = language_on(language, attempt.stack)
        yield replace(attempt.request, request_id=str(number), language=language)


def _settled(tried: Sequence[tuple[str, RenderResult]]) -> OnStack:
    number = _that_counts([result for _, result in tried])
    stack, result = tried[number]
    before = (*tried[:number], *tried[number + 1 :])
    if result.status is not RenderStatus.RENDERED:
        return OnStack(result, stack, before)
    missing = [name_that_failed(other.notes) for _, other in tried[:number]]
    return OnStack(replace(result, notes=merged(filter(None, missing), result.notes)), stack, before)


def _that_counts(results: Sequence[RenderResult]) -> int:
    """Return which result counts; a failure of ours, which is the last, always does."""
    if results[-1].status is RenderStatus.FAILED:
        return len(results) - 1
    counts = 0
    for number, one in enumerate(results):
        drawn_before = results[counts].status is RenderStatus.RENDERED
        if number and is_better(one.status is RenderStatus.RENDERED, one.notes, drawn_before):
            counts = number
    return counts


def name_that_failed(notes: Iterable[str]) -> str:
    """Return the note of the name by which a program failed, or of the call that was answered otherwise, as
    of one that others have; '' if none."""
    for note in notes:
        if note.startswith(_ASKING):
            return REMOVED_NAME + note.partition(":")[2]
    return ""
