"""Draws a program on the stack whose libraries know the names that it uses."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vincicoder.render.api import RenderRequest, RenderResult, RenderStatus
from vincicoder.render.engine.engine import RenderEngine
from vincicoder.render.notes import REMOVED_NAME, UNKNOWN_NAME, merged
from vincicoder.render.registry import LANGUAGES, language_on, stack_named_in, stacks_of, why_unsupported
from vincicoder.render.stacks import order_from


@dataclass(frozen=True, slots=True)
class OnStack:
    """A result, the stack it is of ('' for a language without stacks), and what came of others before it."""

    result: RenderResult
    stack: str
    before: tuple[tuple[str, RenderResult], ...] = ()


def asks_for_another_stack(status: RenderStatus, notes: Sequence[str]) -> bool:
    """Return whether a program failed by a name that its stack's libraries do not have."""
    return status is RenderStatus.REJECTED and any(
        note.startswith((REMOVED_NAME, UNKNOWN_NAME)) for note in notes
    )


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
        asks = asks_for_another_stack(result.status, result.notes)
        return None if asks and len(self.tried) < len(self.stacks) else _settled(self.tried)


def render_on_stacks(
    engine: RenderEngine, requests: Iterable[RenderRequest], abandoned: threading.Event | None = None
) -> Iterator[OnStack]:
    """Yield what came of each request, as they finish; `requests` is pulled as places free up.

    A request's language may be that of a stack (`language_on`), which then tries first, unless the program
    itself names another. A program that fails by a name that a stack does not have is tried on the next,
    after all others have been. Where none draws it, the result is that of the first stack on which it
    failed by something else, or of the first of all. Results keep the ids of their requests. Once
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
    stack, last = tried[-1]
    before = tuple(tried[:-1])
    if last.status is RenderStatus.REJECTED and before:
        if not asks_for_another_stack(last.status, last.notes):
            return OnStack(last, stack, before)
        stack, first = before[0]
        return OnStack(first, stack, (*before[1:], tried[-1]))
    missing = [name_that_failed(result.notes) for _, result in before]
    return OnStack(replace(last, notes=merged(filter(None, missing), last.notes)), stack, before)


def name_that_failed(notes: Iterable[str]) -> str:
    """Return the note of the name by which a program failed, as of one that others have; '' if none."""
    for note in notes:
        if note.startswith((REMOVED_NAME, UNKNOWN_NAME)):
            return REMOVED_NAME + note.partition(":")[2]
    return ""
