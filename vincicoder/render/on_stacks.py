"""Draws a program on the stack whose libraries know the names that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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

    `first` is the one to begin with where the language has it, by default its own or newest; `named` the one
    that a program itself names, which goes before. Empty where the language has no stacks.
    """
    stacks = stacks_of(language)
    if not stacks:
        return ()
    wanted = (named, first, LANGUAGES[language].stack, stacks[-1])
    start = next(stack for stack in wanted if stack in stacks)
    return tuple(
        stack for stack in order_from(start, stacks) if not why_unsupported(language_on(language, stack))
    )


def render_on_stacks(
    engine: RenderEngine, requests: Iterable[RenderRequest], first: str = ""
) -> Iterator[OnStack]:
    """Yield what came of each request, not in their order.

    One that fails by a name that a stack does not have is tried on the next. Where none draws it, the result
    is that of the first stack.

    The result keeps the request's id; `first` is the stack to begin with, by default today's, where the
    program itself names none.
    """
    waiting = {str(number): request for number, request in enumerate(requests)}
    stacks = {number: _stacks_for(one, first) for number, one in waiting.items()}
    tried: dict[str, list[tuple[str, RenderResult]]] = {number: [] for number in waiting}
    while waiting:
        again: dict[str, RenderRequest] = {}
        places = {number: _stack_at(stacks[number], len(tried[number])) for number, one in waiting.items()}
        asked = (
            RenderRequest(number, language_on(one.language, places[number]), one.code)
            for number, one in waiting.items()
        )
        for result in engine.render(asked):
            number = result.request_id
            request, stack = waiting[number], places[number]
            tried[number].append((stack, replace(result, request_id=request.request_id)))
            if asks_for_another_stack(result.status, result.notes) and len(tried[number]) < len(
                stacks[number]
            ):
                again[number] = request
            else:
                yield _settled(tried.pop(number))
        waiting = again


def _stacks_for(request: RenderRequest, first: str) -> tuple[str, ...]:
    return usable_stacks(request.language, first, stack_named_in(request.code, request.language))


def _stack_at(stacks: Sequence[str], place: int) -> str:
    return stacks[place] if stacks else ""


def _settled(tried: Sequence[tuple[str, RenderResult]]) -> OnStack:
    stack, last = tried[-1]
    before = tuple(tried[:-1])
    if last.status is RenderStatus.REJECTED and before:
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
