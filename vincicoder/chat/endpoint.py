"""Asks a model server that speaks the chat completions protocol, many questions at a time."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from functools import cache

from openai import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    AsyncOpenAI,
)
from openai.types.chat import ChatCompletion

from vincicoder.chat.config import ModelConfig
from vincicoder.chat.question import ModelAnswer, Question
from vincicoder.sample import InfrastructureError, UserError

# Timeout, conflict, too early, too many requests; and everything from 500 on.
_RETRYABLE = frozenset({408, 409, 425, 429})
_TOO_LONG = ("context length", "context_length", "maximum context", "too many tokens", "too long")
_DECLINED = ("content_filter", "content_policy", "content policy", "content management policy", "safety")


class EndpointError(UserError):
    """The server refuses what is sent, whatever the sample: a wrong key, model or setting. Not retried."""


class EndpointAsker:
    """All askers of one process with the same configuration share one limit of requests under way."""

    def __init__(self, config: ModelConfig) -> None:
        self._config, self._key = config, config.api_key()
        self._line = asyncio.Semaphore(config.concurrency)

    def ask(self, questions: Sequence[Question], on_answer: Callable[[Question, ModelAnswer], None]) -> None:
        """Raises `InfrastructureError` once a request has failed `attempts` times, `EndpointError` where the
        server refuses all requests alike. Requests under way still end; no new ones are sent."""
        running = asyncio.run_coroutine_threadsafe(self._ask_all(questions, on_answer), _loop())
        try:
            running.result()
        finally:
            running.cancel()

    async def _ask_all(
        self, questions: Sequence[Question], on_answer: Callable[[Question, ModelAnswer], None]
    ) -> None:
        failures: list[Exception] = []

        async def one(client: AsyncOpenAI, question: Question) -> None:
            async with self._line:
                if failures:
                    return
                try:
                    answer = await self._answer(client, question, failures)
                    if answer is not None:
                        await asyncio.to_thread(on_answer, question, answer)
                except Exception as error:
                    failures.append(error)

        # The deadline is ours: the client's own timeouts are per read, and a server may drip.
        async with AsyncOpenAI(
            base_url=self._config.endpoint, api_key=self._key, max_retries=0, timeout=None
        ) as client:
            await asyncio.gather(*(one(client, question) for question in questions))
        if failures:
            raise failures[0]

    async def _answer(
        self, client: AsyncOpenAI, question: Question, failures: Sequence[Exception]
    ) -> ModelAnswer | None:
        """Return the answer, or None where the run is given up meanwhile."""
        config = self._config
        for attempt in range(1, config.attempts + 1):
            started = time.monotonic()
            retry_after = None
            try:
                async with asyncio.timeout(config.deadline_seconds):
                    completion = await client.chat.completions.create(
                        model=config.model,
                        messages=question.messages(),  # type: ignore[arg-type]
                        temperature=config.temperature,
                        max_tokens=config.max_tokens,
                        seed=question.seed,
                    )
                return self._read(completion, attempt, time.monotonic() - started)
            except TimeoutError:
                failure = f"no answer within {config.deadline_seconds:g} s"
            except APIStatusError as error:
                if error.status_code not in _RETRYABLE and error.status_code < 500:
                    return _declined(error, attempt, time.monotonic() - started)
                failure = f"status {error.status_code}: {_short(error)}"
                retry_after = _retry_after(error)
            except (APIConnectionError, APIResponseValidationError, ValueError) as error:
                # ValueError: the body is no JSON, or not that of a completion.
                failure = f"{type(error).__name__}: {_short(error.__cause__ or error)}"
            wait = max(self._backoff(question, attempt), retry_after or 0.0)
            if attempt == config.attempts or (retry_after or 0.0) > config.longest_retry_after_seconds:
                asked = f", which asks to wait {retry_after:g} s" if retry_after else ""
                raise InfrastructureError(
                    f"{config.endpoint}{asked}: request for {question.sample_id} failed {attempt} times, "
                    f"last with {failure}. Answers that came are kept; run again when the server is up"
                )
            if failures:
                return None
            await asyncio.sleep(wait)
        return None

    def _read(self, completion: ChatCompletion, attempts: int, seconds: float) -> ModelAnswer:
        """Raises ValueError where the body is not a chat completion."""
        if not isinstance(completion, ChatCompletion) or not completion.choices:
            raise ValueError(f"the body is no chat completion: {str(completion)[:200]!r}")
        choice = completion.choices[0]
        message = getattr(choice, "message", None)
        text = getattr(message, "content", None) or ""
        if message is None or not isinstance(text, str):
            raise ValueError("the body's choice has no message of text")
        reason = "refusal" if getattr(message, "refusal", None) else choice.finish_reason or "stop"
        # The client checks no types, and not every server counts.
        tokens_in = int(getattr(completion.usage, "prompt_tokens", 0) or 0)
        tokens_out = int(getattr(completion.usage, "completion_tokens", 0) or 0)
        cost = self._config.cost(tokens_in, tokens_out)
        return ModelAnswer(text, reason, tokens_in, tokens_out, attempts, seconds, cost)

    def _backoff(self, question: Question, attempt: int) -> float:
        """Exponential backoff; half of it is spread by the sample's id, so that requests part."""
        wait = min(
            self._config.longest_wait_seconds, self._config.first_wait_seconds * 2.0 ** min(attempt - 1, 30)
        )
        digest = hashlib.sha256(f"wait\0{attempt}\0{question.sample_id}".encode()).digest()
        return wait * (0.5 + int.from_bytes(digest[:4]) / 2**33)


@cache
def shared_asker(config: ModelConfig) -> EndpointAsker:
    """Return the asker of a configuration: one a process, so that shards share its limit."""
    return EndpointAsker(config)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model requests", daemon=True).start()
    return loop


def _declined(error: APIStatusError, attempts: int, seconds: float) -> ModelAnswer:
    """Return the answer that a refusal of this one question amounts to; raise for any other refusal."""
    text = f"{error.code or ''} {error.message}".lower()
    if error.status_code == 413 or (error.status_code == 400 and any(mark in text for mark in _TOO_LONG)):
        return ModelAnswer("", "too_long", 0, 0, attempts, seconds, 0.0)
    if error.status_code in (400, 403, 422) and any(mark in text for mark in _DECLINED):
        return ModelAnswer("", "content_filter", 0, 0, attempts, seconds, 0.0)
    raise EndpointError(
        f"the model's endpoint answered {error.status_code}: {_short(error)}. "
        "Check the endpoint's address, the model's name and the variable that holds the key"
    ) from error


def _retry_after(error: APIStatusError) -> float | None:
    """The seconds that a server asks to wait: a number, or a date (RFC 9110, 10.2.3)."""
    value = error.response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _short(error: BaseException) -> str:
    text = error.message if isinstance(error, APIError) else str(error)
    return " ".join(text.split())[:300]
