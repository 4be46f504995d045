"""The beginning of a piece of code, from which its language is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Enough for any preamble, whatever the length of the rest.
_HEAD_CHARACTERS = 20_000
_COMMENTS = re.compile(r"\A(?:\s+|#[^\n]*\n|//[^\n]*\n|%[^\n]*\n|/\*.{0,4000}?\*/|<!--.{0,4000}?-->)+", re.S)


@dataclass(frozen=True, slots=True)
class CodeHead:
    """`text`: the first 20,000 characters, without the blanks they begin with. `code`: all of it."""

    text: str
    code: str

    @staticmethod
    def of(code: str) -> CodeHead:
        """Return the head of code; its text is empty where the code begins with nothing but blanks."""
        return CodeHead(code[:_HEAD_CHARACTERS].lstrip("\ufeff \t\r\n"), code)

    def body(self) -> str:
        """Return the text from the first line that is no comment in any language."""
        return _COMMENTS.sub("", self.text, count=1) or self.text
