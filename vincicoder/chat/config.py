"""The configuration of a model that is asked: which one, where, how many at a time, and its price."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator


class ModelConfig(BaseModel):
    """One vision-language model. Only the first group of settings decides what it writes; the rest may be
    changed between runs and the answers that are kept are still used."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    model: str = Field(min_length=1)  # the served name, or for vllm a folder or hub id
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=4096, ge=1)
    seed: int = Field(default=0, ge=0)

    endpoint: str | None = None  # the base URL, which mostly ends in /v1
    api_key_variable: str | None = None  # the NAME of an environment variable; None sends no real key
    concurrency: int = Field(default=8, ge=1, le=1024)  # requests under way at a time, of one process
    deadline_seconds: float = Field(default=300.0, gt=0)  # for one request, from sending to the last byte
    attempts: int = Field(default=6, ge=1, le=20)
    first_wait_seconds: float = Field(default=1.0, ge=0)  # doubled with each failure of a request ...
    longest_wait_seconds: float = Field(default=60.0, ge=0)  # ... up to this; `Retry-After` may ask for more
    longest_retry_after_seconds: float = Field(default=600.0, ge=0)  # a server that asks for more is down
    tensor_parallel: int = Field(default=1, ge=1)  # GPUs that share the model; vllm only

    # In any currency, for a million tokens.
    input_price: float = Field(default=0.0, ge=0)
    output_price: float = Field(default=0.0, ge=0)

    @field_validator("endpoint")
    @classmethod
    def _without_secrets(cls, endpoint: str | None) -> str | None:
        """The address stands in reports and logs, so it may hold no key."""
        parts = urlsplit(endpoint or "")
        if parts.username or parts.password or parts.query:
            raise ValueError(
                "the endpoint's address holds a name, a password or a query; give the plain base URL, and "
                "the key in the environment variable that `api_key_variable` names"
            )
        return endpoint

    def decides(self) -> dict[str, object]:
        """Return the settings that decide what the model writes."""
        return self.model_dump(include={"model", "temperature", "max_tokens", "seed"})

    def api_key(self) -> str:
        """Return the key. Raises ValueError where the variable that shall hold it is not set."""
        if self.api_key_variable is None:
            return "none"  # local servers want a key in the header, not a real one
        key = os.environ.get(self.api_key_variable, "")
        if not key:
            raise ValueError(
                f"the environment variable {self.api_key_variable} is not set; "
                "it shall hold the key of the model's endpoint"
            )
        return key

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return the price of one answer."""
        return (tokens_in * self.input_price + tokens_out * self.output_price) / 1_000_000
