"""Turns of a conversation, in every shape in which the corpora keep them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_USER = frozenset({"human", "user", "question", "instruction", "prompt"})
_ASSISTANT = frozenset({"gpt", "assistant", "model", "bot", "answer", "chatgpt", "output", "response"})
_ROLE_FIELDS = ("from", "role", "speaker")
_TEXT_FIELDS = ("value", "content", "text", "message")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: `role` is user, assistant or what the corpus calls it; `text` may be empty."""

    role: str
    text: str


def read_turns(value: Any) -> list[Turn] | None:
    """Return the turns, or None for what is no conversation.

    Taken are lists of `{from, value}` and of `{role, content}`, contents that are lists of parts, the same
    as JSON text, one object of user and assistant fields, and struct-of-lists, as `datasets` writes them.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, dict):
        return _of_object(value)
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(turn, str) for turn in value):
        return [Turn(("user", "assistant")[number % 2], text) for number, text in enumerate(value)]
    turns: list[Turn] = []
    for turn in value:
        if not isinstance(turn, dict):
            return None
        fields = {str(name).lower(): field for name, field in turn.items()}
        role = next((fields[name] for name in _ROLE_FIELDS if fields.get(name)), None)
        text = next((fields[name] for name in _TEXT_FIELDS if fields.get(name) is not None), "")
        if role is None:
            pair = _of_object(fields)
            if pair is None:
                return None
            turns.extend(pair)
        else:
            turns.append(Turn(_role(str(role)), _text(text)))
    return turns


def _of_object(fields: dict[str, Any]) -> list[Turn] | None:
    names = {str(name).lower(): name for name in fields}
    columns = [fields[names[name]] for name in (*_ROLE_FIELDS, *_TEXT_FIELDS) if name in names]
    if len(columns) == 2 and all(isinstance(column, list) for column in columns):
        return [Turn(_role(str(role)), _text(text)) for role, text in zip(*columns, strict=False)]
    turns = [Turn(_role(name), _text(fields[names[name]])) for name in names if name in _USER | _ASSISTANT]
    return turns or None


def _role(name: str) -> str:
    lowered = name.strip().lower()
    return "user" if lowered in _USER else "assistant" if lowered in _ASSISTANT else lowered


def _text(content: Any) -> str:
    if isinstance(content, list):  # parts: {type: text, text} beside {type: image}
        parts = [part if isinstance(part, str) else _part(part) for part in content]
        return "\n".join(part for part in parts if part)
    if isinstance(content, dict):
        return _part(content)
    return content if isinstance(content, str) else "" if content is None else str(content)


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return ""
    if isinstance(part.get("text"), str):
        return str(part["text"])
    return "<image>" if "image" in str(part.get("type", "")) else ""
