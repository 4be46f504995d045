"""The prompt of a sample: phrasings from a data file, chosen by the hash of its id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from vincicoder.render.registry import LANGUAGES

IMAGE_TAG = "<image>"
"""Where ms-swift, verl and EasyR1 put the picture; one a picture, and nowhere else in a conversation."""

# Texts that trainers take for a place of media.
_MEDIA_TAGS = (IMAGE_TAG, "<video>", "<audio>")
_BACKTICKS = re.compile("`+")


@cache
def _phrasings() -> Any:
    return yaml.safe_load((files("vincicoder.compose") / "instructions.yaml").read_text("utf-8"))


def language_name(language: str) -> str:
    """Return the name that prompts use. Raises KeyError, naming what is known, for an unknown language."""
    if language not in LANGUAGES:
        raise KeyError(f"no language {language!r}; registered languages are {', '.join(LANGUAGES)}")
    return LANGUAGES[language].title


def instruction_for(
    sample_id: str,
    domain: str,
    language: str,
    task: str,
    flawed_code: str | None = None,
    error: str | None = None,
    data_names: Sequence[str] = (),
) -> str:
    """Return the user's turn: the image tag, one phrasing that names the language, and for `refine` the
    flawed code in a fence. `error` is what the flawed code fails with, where it does. `data_names` are the
    files beside the code, which no picture tells.

    Raises KeyError for an unknown language; ValueError for a refinement
    sample without flawed code.
    """
    data = _phrasings()
    name = language_name(language)
    group = "refine_failing" if task == "refine" and error else task
    choices = data[group]["any"] + data[group].get(language, [])
    subject = data["subjects"].get(domain, data["subjects"]["other"])
    digest = hashlib.sha256(f"instruction\0{sample_id}".encode()).digest()
    phrasing = choices[int.from_bytes(digest[:8]) % len(choices)]
    text: str = IMAGE_TAG + phrasing.format(name=name, subject=subject, error=" ".join((error or "").split()))
    if data_names:
        text += "\n" + data["data_files"].format(names=", ".join(data_names))
    if task != "refine":
        return text
    if flawed_code is None:
        raise ValueError(f"refinement sample {sample_id} has no flawed code to show")
    return f"{text}\n\n{fenced(language, flawed_code)}"


def fenced(language: str, code: str) -> str:
    """Return code in a fence that names its language: the assistant's whole turn.

    The fence is longer than any run of backticks in the code, so it always closes where it should.
    """
    longest = max(map(len, _BACKTICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"


def has_media_tag(text: str) -> bool:
    """Whether trainers would look for a picture, a film or a sound somewhere in this text."""
    return any(tag in text for tag in _MEDIA_TAGS)
