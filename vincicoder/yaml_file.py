"""Settings that users write as YAML: what is wrong with a file is said in one line, with its field.

What was received is shown only where it can be no key: files of settings hold names of models and of the
variables that hold keys, and who mistakes one for the other finds the key in no log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vincicoder.sample import UserError

# Of these kinds of faults: a number out of its bounds, or a word that is none of those allowed.
_SHOWN = ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "literal_error", "enum")
_LONGEST_SHOWN = 40
_NAMING_VALUES = (yaml.constructor.ConstructorError, yaml.composer.ComposerError)  # tags, aliases, keys
_BAD_VALUES = (ValueError, KeyError, AttributeError, TypeError, RecursionError)

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, what: str, error: type[UserError]) -> Any:
    """Return what a file holds. Raises `error`, which names `what` it should be, where it cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as failed:
        raise error(f"{what} {path} cannot be read: {failed.strerror}") from failed
    except UnicodeDecodeError as failed:
        raise error(f"{what} {path} is not YAML: it is not in UTF-8") from failed
    except yaml.MarkedYAMLError as failed:
        line = f"line {failed.problem_mark.line + 1}: " if failed.problem_mark else ""
        problem = failed.problem or "it ends too early"
        if isinstance(failed, _NAMING_VALUES):
            problem = re.sub(r"'.*'", "'...'", problem)
        raise error(f"{what} {path} is not YAML: {line}{problem}") from failed
    except yaml.YAMLError as failed:  # of one character that YAML does not allow
        raise error(f"{what} {path} is not YAML: {' '.join(str(failed).split())}") from failed
    except _BAD_VALUES as failed:  # the reader's, of a date, a number or a tag
        kind = type(failed).__name__
        raise error(f"{what} {path} is not YAML: a date, a number or a tag is not one ({kind})") from failed


def read_settings(model: type[Model], path: Path, what: str, error: type[UserError]) -> Model:
    """Return the model of what a file holds. Raises `error`, which names every wrong field."""
    found = read_yaml(path, what, error)
    try:
        return model.model_validate(found)
    except ValidationError as failed:
        raise error(f"{what} {path}: {wrong_fields(failed)}") from failed


def wrong_fields(error: ValidationError) -> str:
    """Return each wrong field, and what is allowed there."""
    return "; ".join(f"{_place(item)}: {_fault(item)}" for item in error.errors(include_url=False))


def _place(item: Mapping[str, Any]) -> str:
    parts = [str(part) for part in item["loc"]]
    if parts and item["type"] == "extra_forbidden":  # `{key:value}`, without a space, is one name
        parts[-1] = re.split("[:=]", parts[-1])[0][:_LONGEST_SHOWN]
    return ".".join(parts) or "it"


def _fault(item: Mapping[str, Any]) -> str:
    said, received = str(item["msg"]).removeprefix("Value error, "), item["input"]
    if item["type"] not in _SHOWN or not isinstance(received, int | float | str):
        return said
    if isinstance(received, int) and received.bit_length() > 4 * _LONGEST_SHOWN:  # has no text
        return said
    return said if len(str(received)) > _LONGEST_SHOWN else f"{said} (received {received!r})"
