"""How a sample is asked for: phrasings from a data file, chosen by the sample's own id."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _phrasings() -> Any:
    return yaml.safe_load((files("vincicoder.compose") / "instructions.yaml").read_text("utf-8"))


def instruction_for(sample_id: str, domain: str, language: str, task: str) -> str:
    """Return the user's turn: the image tag, then one phrasing that names the language.

    Raises KeyError, naming the data file, for a language or domain with no phrasing.
    """
    data = _phrasings()
    try:
        choices = data[task][language]
        subject = data["subjects"][domain]
    except KeyError as error:
        raise KeyError(
            f"no phrasing for {task} / {language} / {domain}: add one to instructions.yaml"
        ) from error
    digest = hashlib.sha256(f"instruction\0{sample_id}".encode()).digest()
    phrasing = choices[int.from_bytes(digest[:8]) % len(choices)]
    return f"<image>{phrasing.format(subject=subject)}"


def fenced_answer(language: str, code: str) -> str:
    """Return the assistant's turn: the code in a fence that names its language.

    The fence is longer than any run of backticks in the code, so it always closes where it should.
    """
    longest = run = 0
    for character in code:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"
