"""Pictures that style sheets fetch: each becomes a plain grey, as each `<img>` becomes a grey box."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from vincicoder.clean.placeholder import placeholder_address

GREY = "linear-gradient(#c8ccd0,#c8ccd0)"
"""Takes the size that the style asks for, else that of the box; holds no quote, so it may stand anywhere."""

_ICON_PIXELS = 24  # of a picture that is content of its own and has no size to fill
_ENTITY = r"&(?:quot|apos|#3[49]|#x2[27]);"
_URL = rf"""url\(\s*(?:"([^"]*)"|'([^']*)'|{_ENTITY}(.*?){_ENTITY}|([^)"'&][^)"']*|))\s*\)"""
# What a declaration is made of. Comments, addresses and strings are taken whole: they may hold `;` and `}`.
_TOKEN = re.compile(
    rf"(?P<comment>/\*.*?\*/)|(?P<set>(?:-webkit-)?image-set\()|{_URL}"
    r"""|"[^"\n]*"|'[^'\n]*'|(?P<end>[{};])|(?P<name>[-\w]+)(?=\s*:)""",
    re.IGNORECASE | re.DOTALL,
)
_IN_SET = re.compile(rf"""{_URL}|type\([^)]*\)|"([^"]*)"|'([^']*)'|[()]""", re.IGNORECASE | re.DOTALL)
_SHOWS_PICTURE = re.compile(r"(?:background|list-style|border-image|--|-webkit-border-image)")


def grey_pictures(css: str, is_external: Callable[[str], bool], done: Counter[str]) -> str:
    """Return the CSS, a sheet or the text of a `style` attribute, without pictures from elsewhere.

    Backgrounds, bullets, borders and variables become grey, pictures as content small grey boxes; what else
    an address may mean (masks, pointers) becomes `none`. `done` counts what was changed.
    """
    lowered = css.lower()
    if "url(" not in lowered and "image-set(" not in lowered:
        return css
    pieces: list[str] = []
    position, name = 0, ""
    while (token := _TOKEN.search(css, position)) is not None:
        pieces.append(css[position : token.start()])
        text, position = token[0], token.end()
        if token["end"]:
            name = ""
        elif token["name"] and not name:
            name = token["name"].lower()
        elif token["set"]:
            end, external = _look_into_set(css, token.end(), is_external)
            text, position = css[token.start() : end], end
            if external:
                text = _stand_in(name, done)
        elif text[:4].lower() == "url(" and is_external(_address(token)):
            text = _stand_in(name, done)
        pieces.append(text)
    return "".join([*pieces, css[position:]])


def _address(match: re.Match[str]) -> str:
    return next((group for group in match.groups()[2:6] if group), "")


def _look_into_set(css: str, start: int, is_external: Callable[[str], bool]) -> tuple[int, bool]:
    """Return where the function that begins before `start` ends, and whether it shows one from elsewhere."""
    depth, external = 1, False
    for part in _IN_SET.finditer(css, start):
        if part[0] in "()":
            depth += 1 if part[0] == "(" else -1
            if depth == 0:
                return part.end(), external
        else:
            external |= any(is_external(group) for group in part.groups() if group)
    return len(css), external


def _stand_in(name: str, done: Counter[str]) -> str:
    if _SHOWS_PICTURE.match(name):
        done["background pictures made grey"] += 1
        return GREY
    if name == "content":
        done["background pictures made grey"] += 1
        return f"url({placeholder_address(_ICON_PIXELS, _ICON_PIXELS)})"
    done["addresses in styles removed"] += 1
    return "none"
