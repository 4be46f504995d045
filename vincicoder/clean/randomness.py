"""Python code that uses random numbers without a seed gets the seed that the renderer sets.

The renderer seeds Python's and numpy's global generators and numpy's `default_rng()` with 0. Saying so in
the code changes no picture here, and makes the code give the same picture everywhere.
"""

from __future__ import annotations

import re

from vincicoder.clean.filter import Changed, FilterResult

_MENTIONS = re.compile(r"\brandom\b|\bdefault_rng\b")
_SEEDED = re.compile(
    r"\bseed\s*\(|\bRandomState\b|\bset_state\b|\brandom_state\s*=|\bRandom\s*\(|\bGenerator\b"
)
_UNSEEDED_GENERATOR = re.compile(r"\bdefault_rng\(\s*\)")
_NUMPY = re.compile(r"^import\s+numpy(?:\s+as\s+(?P<name>\w+))?[ \t]*(?:#.*)?$", re.MULTILINE)
_PYTHON = re.compile(r"^import\s+random[ \t]*(?:#.*)?$", re.MULTILINE)
# The functions of Python's module that draw; numpy's namespace holds more, and all of them draw.
_DRAWS = r"(?:random|randint|uniform|choices?|sample|shuffle|gauss|normalvariate|randrange|expovariate)"


def seeded(code: str) -> FilterResult:
    """Write the seed into code that draws from a generator that nobody seeded; other code is kept.

    Left as they are: programs that seed anything, and names imported out of the modules.
    """
    if not _MENTIONS.search(code) or _SEEDED.search(code):
        return None
    text = _UNSEEDED_GENERATOR.sub("default_rng(0)", code)
    imported = _NUMPY.search(text)
    if imported:
        name = imported["name"] or "numpy"
        if re.search(rf"\b{name}\.random\.(?!default_rng\b)[a-z]\w*\s*\(", text):
            text = _after(text, imported, f"{name}.random.seed(0)")
    imported = _PYTHON.search(text)
    if imported and re.search(rf"(?<![\w.])random\.{_DRAWS}\s*\(", text):
        text = _after(text, imported, "random.seed(0)")
    return None if text == code else Changed(text, "randomness: seeded with 0, as rendering does")


def _after(text: str, imported: re.Match[str], statement: str) -> str:
    """Put a statement behind the imports that follow the match, so that they stay together."""
    end = imported.end()
    following = re.compile(r"\n(?:(?:import|from)\s[^(\\\n]*(?=\n|\Z)|[ \t]*(?=\n))")
    position = end
    while (match := following.match(text, position)) is not None:
        position = match.end()
        if match[0].strip():
            end = position
    return f"{text[:end]}\n\n{statement}{text[end:]}"
