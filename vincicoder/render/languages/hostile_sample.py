"""Samples that attack or are awkward: every language has some for its conformance suite."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hostile:
    """A sample that attacks or is awkward, and its expected result.

    `expected` is the exact reason ("render.timeout"), or "rendered" where the attack must fail and the
    picture must still be drawn. `says` is a text that the detail must contain. In the code these words are
    replaced:

    - `@PORT@`: a port of 127.0.0.1 where a listener counts who calls; nobody may
    - `@CANARY@`: the path of a file with a secret, outside of what a sample may read
    - `@SECRET@`: the secret, which is also in the engine's environment as VINCICODER_CANARY
    - `@FAULT@`: the word by which the worker is asked for a fault (see `vincicoder.render.worker.faults`)
    """

    name: str
    expected: str
    code: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class HostileSuite:
    """The hostile samples of a language. `neighbours` are harmless programs, one for each warm process that
    draws the language: their pictures must stay the same whatever was drawn before them."""

    neighbours: tuple[str, ...]
    samples: tuple[Hostile, ...]
