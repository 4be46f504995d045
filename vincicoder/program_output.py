"""What an installed program says of itself or of the system, such as its version. It decides what is kept."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vincicoder.sample import InfrastructureError

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    """What a program printed, and its exit code."""

    code: int
    printed: str
    errors: str


def output_of(
    command: Sequence[str], environment: Mapping[str, str] | None = None, seconds: float = 60.0
) -> ProgramOutput | None:
    """Run a short program to its end; return what it printed, or None where it is not installed.

    It is run again where it was killed, could not be started or was not ready in time. Raises
    `InfrastructureError` after the third time: an empty answer would be taken for another version.
    """
    why = ""
    for _ in range(_ATTEMPTS):
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=seconds, check=False
            )
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        except (OSError, subprocess.TimeoutExpired) as error:
            why = str(error)
            continue
        if done.returncode >= 0:
            return ProgramOutput(done.returncode, done.stdout, done.stderr)
        why = f"it was ended by signal {-done.returncode}"
    raise InfrastructureError(f"{' '.join(command)} gave no answer {_ATTEMPTS} times: {why}")


def first_line_of(command: Sequence[str]) -> str:
    """Return the first line that a program prints, or 'none' where it is not installed."""
    output = output_of(command)
    return "none" if output is None else (output.printed or output.errors).partition("\n")[0].strip()
