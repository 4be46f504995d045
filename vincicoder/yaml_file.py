"""Settings that users write as YAML: what is wrong with a file is said in one line, with its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from vincicoder.sample import UserError

_SAY_NO_INPUT = ("extra_forbidden", "value_error")

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, what: str, error: type[UserError]) -> Any:
    """Return what a file holds. Raises `error`, which names `what` it should be, where it cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as failed:
        raise error(f"{what} {path} cannot be read: {failed.strerror}") from failed
    except yaml.MarkedYAMLError as failed:
        line = f"line {failed.problem_mark.line + 1}: " if failed.problem_mark else ""
        raise error(f"{what} {path} is not YAML: {line}{failed.problem}") from failed
    except (yaml.YAMLError, UnicodeDecodeError) as failed:
        raise error(f"{what} {path} is not YAML: {' '.join(str(failed).split())}") from failed


def validate_fields(model: type[Model], found: Any, what: str, error: type[UserError]) -> Model:
    """Return the model of what a file holds. Raises `error`, which names every wrong field."""
    try:
        return model.model_validate(found)
    except ValidationError as failed:
        raise error(f"{what}: {wrong_fields(failed)}") from failed


def wrong_fields(error: ValidationError) -> str:
    """Return each wrong field, with what was received where that can be no secret: a field that does not
    exist may be a key, a mapping may hold one, and a check of our own says itself what it received."""
    return "; ".join(
        (".".join(str(part) for part in item["loc"]) or "it") + ": " + _wrong(item)
        for item in error.errors(include_url=False)
    )


def _wrong(item: ErrorDetails) -> str:
    said = item["msg"].removeprefix("Value error, ")
    hidden = item["type"] in _SAY_NO_INPUT or isinstance(item["input"], dict | list)
    return said if hidden else f"{said} (received {item['input']!r:.100})"
