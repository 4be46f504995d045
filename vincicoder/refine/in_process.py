"""A model inside this process, by vLLM; imported only where a configuration asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from vincicoder.chat.config import ModelConfig
from vincicoder.chat.question import ModelAnswer, Question

# One engine a process, and one caller at a time: vLLM batches by itself.
_lock = threading.Lock()


class InProcessAsker:
    """Asks by `LLM.chat`, all questions at once; vLLM decides how many run together."""

    def __init__(self, config: ModelConfig) -> None:
        self._config = config

    def ask(self, questions: Sequence[Question], on_answer: Callable[[Question, ModelAnswer], None]) -> None:
        """Raises ImportError, with what to do, where vLLM is not installed."""
        config = self._config
        with _lock:
            model, sampling_class = _load(config.model, config.tensor_parallel)
            started = time.perf_counter()
            results = model.chat(
                [question.messages() for question in questions],
                [
                    sampling_class(
                        temperature=config.temperature, max_tokens=config.max_tokens, seed=question.seed
                    )
                    for question in questions
                ],
                use_tqdm=False,
            )
            seconds = (time.perf_counter() - started) / len(questions)
        for question, result in zip(questions, results, strict=True):
            made = result.outputs[0]
            tokens_in, tokens_out = len(result.prompt_token_ids or ()), len(made.token_ids)
            cost = config.cost(tokens_in, tokens_out)
            reason = made.finish_reason or "stop"
            on_answer(question, ModelAnswer(made.text, reason, tokens_in, tokens_out, 1, seconds, cost))


@cache
def _load(model: str, tensor_parallel: int) -> tuple[Any, Any]:
    try:
        from vllm import LLM, SamplingParams
    except ImportError as error:
        raise ImportError(
            "the refinement maker `vllm` needs vLLM, which is not installed here and does not install beside "
            "Prefect. Run `vllm serve MODEL` in an environment of its own and use the maker `openai`"
        ) from error
    return LLM(model=model, tensor_parallel_size=tensor_parallel, limit_mm_per_prompt={"image": 1}), (
        SamplingParams
    )
