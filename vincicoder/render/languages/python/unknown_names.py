"""Recognises errors that say: this version of the library does not have that name.

The name may be gone, not there yet, or never have been there. `names_by_version.py` knows most of the first
two, `changes_by_version.py` names that mean something else since a version.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any

from vincicoder.render.languages.python.changes_by_version import changes_in
from vincicoder.render.languages.python.names_by_version import GONE, NEW

_IN_EVERY_STACK = frozenset(
    (
        "matplotlib",
        "mpl_toolkits",
        "numpy",
        "scipy",
        "pandas",
        "seaborn",
        "networkx",
        "plotly",
        "sklearn",
        "PIL",
    )
)
_IN_SOME_STACKS = frozenset(
    (
        "squarify",
        "matplotlib_venn",
        "wordcloud",
        "statsmodels",
        "mplfinance",
        "rdkit",
        "indigo",
        "skimage",
        "adjustText",
        "altair",
        "bokeh",
        "missingno",
        "plotnine",
        "pygal",
        "geopandas",
        "joypy",
        "pyecharts",
        "vega_datasets",
    )
)
_LIBRARIES = _IN_EVERY_STACK | _IN_SOME_STACKS
_TOLD_AS = {"mpl_toolkits": "matplotlib"}  # by which library a package comes

_KEYWORD = re.compile(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")
_POSITIONAL = re.compile(
    r"([\w.<>]+)\(\) (?:takes .{1,40} positional arguments? but \d+ (?:positional arguments? \(.{1,60}\) )?"
    r"w(?:as|ere) given"
    r"|got multiple values for argument)"
)
_BOUND = re.compile(r"^(?:got an|\w+: received an) unexpected keyword argument '(\w+)'")
_ATTRIBUTE = re.compile(
    r"has no attribute '(\w+)'|no attribute named '(\w+)'|`(?:np|numpy)\.(\w+)` was removed"
)
_REMOVED = re.compile(r"`?\b(?!and\b|it\b|which\b|that\b)([\w.]+)`?(?:\(\))? (?:has been|was|is) removed")
_IMPORT = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
# What libraries say in words of their own: library, pattern, and how the name is written.
_SAYINGS = (
    ("pandas", re.compile(r"Invalid frequency: ([A-Z]+)\b"), "freq.{}"),
    ("pandas", re.compile(r"'(\d*[A-Z]+)' is no longer supported"), "freq.{}"),
    ("matplotlib", re.compile(r"'([\w.-]+)' is not a valid package style"), "style.{}"),
    ("matplotlib", re.compile(r"keyword grid_(\w+) is not recognized"), "grid({})"),
    (
        "plotly",
        re.compile(
            r"Invalid propert(?:y|ies) specified for object of type plotly\.graph_objs\.[\w.]+: '(\w+)'"
        ),
        "{}",
    ),
    ("bokeh", re.compile(r"unexpected attribute '(\w+)' to"), "{}"),
    ("matplotlib", re.compile(r"['\"]+([\w.]+)' is not a valid value for rcParam"), "rcParams.{}"),
    ("matplotlib", re.compile(r"([\w.]+) is not a valid rc parameter"), "rcParams.{}"),
    ("matplotlib", re.compile(r"object has no property '(\w+)'"), "{}"),
    ("pandas", re.compile(r"No such keys\(s\): '([\w.]+)'"), "options.{}"),
    ("sklearn", re.compile(r"The '(\w+)' parameter of \w+ must be"), "{}"),
)
_NOT_IN_A_NOTE = re.compile(r"[^A-Za-z0-9_.,+*/() -]")
_MAX_CHARACTERS = 52


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name that a library does not have here.

    `since` is the version in which it went or came, '' where that is not known; `is_new` says that it came,
    `is_change` that the name is there and its meaning is another since then.
    """

    library: str
    name: str
    since: str = ""
    is_new: bool = False
    is_change: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether no slip of the author can be the reason."""
        return bool(self.since) and not self.is_change

    def note(self) -> str:
        """Return the note of it: `removed_name:numpy float 1.24`, or `unknown_name:numpy flot`."""
        kind = "removed_name" if self.is_certain else "unknown_name"
        text = f"{self.library} {self.name}"[:_MAX_CHARACTERS]
        return f"{kind}:{_NOT_IN_A_NOTE.sub('', f'{text} {self.since}'.strip())}"

    def sentence(self) -> str:
        """Say it in one line that begins with library and name."""
        there = getattr(sys.modules.get(self.library), "__version__", "")
        what = "came with" if self.is_new else "is gone since"
        return f"{self.library} {self.name}: {what} {self.library} {self.since}; this is {there or 'another'}"


def unknown_name(error: BaseException) -> UnknownName | None:
    """Return the name of a library that the error is about; None where it is about something else."""
    for link in (error, error.__cause__, error.__context__):
        if link is None:
            continue
        change = next(changes_in(link, _libraries_at(link)), None)
        if change is not None:
            return UnknownName(*change, is_change=True)
        names = list(dict.fromkeys(_names_in(link)))
        for library, name in names:
            for key in _ways_to_write(name):
                if since := GONE.get((library, key), ""):
                    return UnknownName(library, name, since)
                if since := NEW.get((library, key), ""):
                    return UnknownName(library, name, since, is_new=True)
        if names:
            return UnknownName(*names[0])
    return None


def _ways_to_write(name: str) -> tuple[str, ...]:
    """Return a name in full and by its last part: `Axes.boxplot(labels)` is `boxplot(labels)` too."""
    start, bracket, argument = name.partition("(")
    last = start.rpartition(".")[2] + bracket + argument
    return (name, last) if bracket else (name,)


def _names_in(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield library and name, the most particular first."""
    text = str(error)[:2000]
    frame = _last_frame(error)
    raised_in = next(iter(_libraries_at(error)), "")
    for library, pattern, form in _SAYINGS:
        if raised_in == library and (found := pattern.search(text)):
            yield library, form.format(found[1].lstrip("0123456789"))
    if isinstance(error, ModuleNotFoundError):
        root, _, rest = (error.name or "").partition(".")
        if root in _IN_EVERY_STACK and rest:
            yield _TOLD_AS.get(root, root), rest
        elif root in _IN_SOME_STACKS:
            yield root, rest or root
    elif (
        isinstance(error, ImportError)
        and (found := _IMPORT.search(text))
        and (library := _library_of(found[2]))
    ):
        yield library, _within(found[2], found[1])
    if isinstance(error, AttributeError):
        yield from _missing_attribute(error, text, raised_in)
    for pattern in (_KEYWORD, _POSITIONAL):
        if (found := pattern.search(text)) and (library := raised_in or _owner(found[1], frame)):
            argument = found[2] if pattern is _KEYWORD else "positional"
            yield library, f"{found[1].replace('.<locals>', '')}({argument})"
    if raised_in and frame and (found := _BOUND.search(text)):
        yield raised_in, f"({found[1]})"
    if raised_in and (found := _REMOVED.search(text)):
        for root in ("integrate.", "interpolate.", ""):
            yield raised_in, root + found[1].rpartition(".")[2]


def _missing_attribute(error: AttributeError, text: str, raised_in: str) -> Iterator[tuple[str, str]]:
    found = _ATTRIBUTE.search(text)
    name = error.name or (next(filter(None, found.groups()), "") if found else "")
    if not name:
        return
    if isinstance(error.obj, ModuleType):
        if library := _library_of(error.obj.__name__):
            yield library, _within(error.obj.__name__, name)
    elif error.obj is not None:
        kind = error.obj if isinstance(error.obj, type) else type(error.obj)
        for one in kind.__mro__:
            if library := _library_of(one.__module__):
                yield library, f"{one.__name__}.{name}"
    elif raised_in and found:
        named = re.search(r"module '([\w.]+)' has no", text)
        owner = re.search(r"'(\w+)' object has no", text)
        if named and _library_of(named[1]):
            yield raised_in, _within(named[1], name)
        elif owner:
            yield raised_in, f"{owner[1]}.{name}"
        else:
            yield raised_in, name


def _last_frame(error: BaseException) -> FrameType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame if trace else None


def _libraries_at(error: BaseException) -> tuple[str, ...]:
    """Return the libraries through which a call of the sample came to where the error was raised, the
    innermost first; empty where the sample itself raised it."""
    found: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__")
        if module == "__main__":
            found.clear()
        elif library := _library_of(module):
            found.insert(0, library)
        trace = trace.tb_next
    return tuple(dict.fromkeys(found))


def _library_of(module: Any) -> str:
    root = module.partition(".")[0] if isinstance(module, str) else ""
    return _TOLD_AS.get(root, root) if root in _LIBRARIES else ""


def _within(module: str, name: str) -> str:
    """Return a module's name without its library, and the name in it."""
    rest = module.partition(".")[2]
    return f"{rest}.{name}" if rest else name


def _owner(qualified: str, frame: FrameType | None) -> str:
    """Return the library of a function that the sample called; '' where it is the sample's own."""
    first = qualified.partition(".")[0]
    if frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            if first in names:
                return _library_of(getattr(names[first], "__module__", None))
    found = (
        _library_of(getattr(vars(module).get(first), "__module__", None))
        for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType) and _library_of(name)
    )
    return next(filter(None, found), "")
