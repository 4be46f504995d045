"""Letters that matplotlib's own fonts lack: drawn with the system's fonts, noted where none has them.

On the author's machine a font named in the code had them. Here fonts that cover them stand behind the named
ones, so letters that those have look as they always do.
"""

from __future__ import annotations

import re
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.scalars import forget_texts
from vincicoder.render.notes import missing_glyphs

# Tried in this order; then every other sans and serif of Noto. Kana and Hangul are the same in all.
_CHINESE_FIRST = ("Noto Sans CJK SC", "Noto Sans Symbols2", "Noto Sans Symbols", "Noto Sans Math")
_JAPANESE_FIRST = ("Noto Sans CJK JP", *_CHINESE_FIRST[1:])
_KANA = re.compile("[\u3040-\u30ff]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\N\{([^}]+)\}")
_BASE = "DejaVu Sans"
_ANY_SIZE = 10.0  # points

_fallbacks: list[str] = []
_missing: dict[int, None] = {}


def hook_letters() -> None:
    """Put the fonts chosen for a sample behind those it names, and note letters that none has."""
    from matplotlib import _mathtext, _text_helpers, font_manager

    manager: Any = font_manager.FontManager
    original_find, original_glyph = manager._find_fonts_by_props, _mathtext.UnicodeFonts._get_glyph
    find_cached = manager._findfont_cached

    def find_file(self: Any, prop: Any, *arguments: Any) -> Any:
        """Search once for texts of all sizes: every font that matplotlib lists can be scaled."""
        properties = font_manager.FontProperties._from_any(prop)  # type: ignore[attr-defined]
        if properties.get_size() != _ANY_SIZE:
            properties = properties.copy()
            properties.set_size(_ANY_SIZE)
        return find_cached(self, properties, *arguments)

    find_file.cache_clear = find_cached.cache_clear  # type: ignore[attr-defined]

    def find(self: Any, prop: Any, *arguments: Any, **options: Any) -> Any:
        found = original_find(self, prop, *arguments, **options)
        properties = font_manager.FontProperties._from_any(prop)  # type: ignore[attr-defined]
        return [*found, *(_face(self, family, properties) for family in _fallbacks)]

    def get_glyph(self: Any, fontname: str, font_class: str, sym: str) -> Any:
        if len(sym) == 1 and ord(sym) > 0x2E7F and not self._get_font("regular").get_char_index(ord(sym)):
            for family in _fallbacks:
                face = _face(font_manager.fontManager, family, self.default_font_prop)
                font = font_manager.get_font(face)
                if font.get_char_index(ord(sym)):
                    return font, ord(sym), False
            _missing[ord(sym)] = None
        return original_glyph(self, fontname, font_class, sym)

    def missing(codepoint: int, fontnames: str) -> None:
        _missing[codepoint] = None

    manager._find_fonts_by_props = find
    manager._findfont_cached = find_file
    _mathtext.UnicodeFonts._get_glyph = get_glyph  # type: ignore[method-assign]
    _text_helpers.warn_on_missing_glyph = missing


def choose_fonts(code: str) -> None:
    """In a sample's process: choose the fonts that draw what the code's text has beyond matplotlib's own."""
    if code.isascii() and not _ESCAPED.search(code):
        return
    from matplotlib import font_manager

    letters = {ord(letter) for letter in code if ord(letter) > 0x2FF}
    letters |= {_number(found) for found in _ESCAPED.findall(code)}
    letters -= _covered(font_manager.FontProperties(family=[_BASE])) | {-1}
    names = {entry.name for entry in font_manager.fontManager.ttflist}
    first = _JAPANESE_FIRST if _KANA.search(code) else _CHINESE_FIRST
    others = sorted(name for name in names if name.startswith("Noto S") and "CJK" not in name)
    for family in (*first, *others):
        if not letters:
            return
        if family in names:
            here = _covered(font_manager.FontProperties(family=[family]))
            if letters & here:
                _fallbacks.append(family)
                letters -= here


def begin_drawing() -> None:
    """Forget the letters missing in an earlier drawing: the last one is the picture."""
    _missing.clear()
    forget_texts()


def note_missing_letters() -> None:
    """Note the letters of the last drawing that no font has."""
    if _missing:
        captured.note(missing_glyphs(_missing))


def _number(found: tuple[str, str, str]) -> int:
    import unicodedata

    short, long, name = found
    try:
        return ord(unicodedata.lookup(name)) if name else int(short or long, 16)
    except KeyError:
        return -1


def _covered(properties: Any) -> set[int]:
    from matplotlib import font_manager

    path = font_manager.findfont(properties)
    return set(font_manager.get_font(path).get_charmap())


def _face(manager: Any, family: str, properties: Any) -> Any:
    own = properties.copy()
    own.set_family([family])
    return manager.findfont(own)
