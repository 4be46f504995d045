"""Whether two machines draw alike: what decides their pixels, and in words how it differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata

from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.fonts import font_files
from vincicoder.render.registry import LANGUAGES, language_on, stacks_of, why_unsupported

# Beside the renderers: these decide what cleaning, signing and verifying find.
_LIBRARIES = (
    *("cssselect2", "libcst", "lxml", "numpy", "pillow", "pyarrow", "rensa", "ruff"),
    *("scikit-image", "scipy", "tinycss2", "tokenizers"),
)
_SHOWN = 3
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class RendererFacts:
    """What decides the pixels of one renderer; `missing` says what to install where it cannot draw."""

    fingerprint: str
    parts: Mapping[str, str]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What a machine draws with: renderers by name, bytes of font files by path, versions of libraries."""

    renderers: Mapping[str, RendererFacts]
    fonts: Mapping[str, int]
    libraries: Mapping[str, str]


def machine_facts(languages: Iterable[str]) -> MachineFacts:
    """Return what draws some languages on this machine, on every stack and through those handed over to."""
    names = {language_on(one, stack) for one in languages for stack in (*stacks_of(one), "")}
    waiting = sorted(names & LANGUAGES.keys())
    found: dict[str, RendererFacts] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _renderer_facts(name)
            waiting += LANGUAGES[name].hands_over_to
    libraries = {name: _version(name) for name in _LIBRARIES}
    return MachineFacts(dict(sorted(found.items())), font_files(), libraries)


def differences(here: MachineFacts, there: MachineFacts) -> list[str]:
    """Return in what another machine differs from this one, in words; empty where they draw alike."""
    found = [
        f"{name} {there.libraries.get(name)} (here {version})"
        for name, version in here.libraries.items()
        if there.libraries.get(name) != version
    ]
    for name, ours in here.renderers.items():
        theirs = there.renderers.get(name)
        if theirs is None or (theirs.missing and not ours.missing):
            found.append(f"{name}: cannot be drawn there: {theirs.missing if theirs else 'it is not known'}")
        elif ours.missing and not theirs.missing:
            found.append(f"{name}: can be drawn there and not here: {ours.missing}")
        elif ours.fingerprint != theirs.fingerprint:
            found.append(f"{name}: {_parts(ours.parts, theirs.parts)}")
    if found and here.fonts != there.fonts:
        found.append(_fonts(here.fonts, there.fonts))
    return found


def _renderer_facts(name: str) -> RendererFacts:
    missing = why_unsupported(name)
    if missing:
        return RendererFacts("", {}, missing)
    return RendererFacts(fingerprint(name), dict(LANGUAGES[name].renderer().fingerprint()))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "is not installed"


def _parts(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    names = [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]
    if not names:
        return "what it hands over to differs"
    return "; ".join(f"{name} {_short(theirs.get(name))} (here {_short(ours.get(name))})" for name in names)


def _short(value: str | None) -> str:
    text = "absent" if value is None else value
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _fonts(ours: Mapping[str, int], theirs: Mapping[str, int]) -> str:
    listed = []
    for what, paths in (
        ("lacks", sorted(ours.keys() - theirs.keys())),
        ("has more", sorted(theirs.keys() - ours.keys())),
        (
            "has other files",
            sorted(path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]),
        ),
    ):
        if paths:
            more = f" and {len(paths) - _SHOWN} others" if len(paths) > _SHOWN else ""
            listed.append(f"{what}: {', '.join(paths[:_SHOWN])}{more}")
    return f"its fonts differ: it {'; '.join(listed)}"
