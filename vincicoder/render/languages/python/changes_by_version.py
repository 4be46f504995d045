"""Errors of calls whose names are there and that a library no longer takes as it did.

`row[0]` finds a column by its label since pandas 3, `'%.2f' % array` needs an array without dimensions since
numpy 2.4. Each is known by the library that raises it and by what it says. From the libraries' release notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Change = tuple[str, str, str]
"""Library, what is called, and the version since which it is so."""

_OWN = None
_OF_COLLECTIONS = "(?:Callable|Iterable|Mapping|MutableMapping|Sequence)"
# The library that raises it ('' for none: a function in C or a call leaves no frame), the type of error, what
# it says; then library, what is called, since.
_CHANGES: tuple[tuple[str, str, re.Pattern[str], Change], ...] = tuple(
    (told[0] if library is _OWN else library, kind, re.compile(pattern), told)
    for library, kind, pattern, told in (
        (_OWN, "RuntimeError", r"^[xy] must be a sequence", ("matplotlib", "set_data(number)", "3.9")),
        (_OWN, "ValueError", r"^Unable to determine Axes", ("matplotlib", "colorbar() alone", "3.8")),
        ("", "TypeError", r"'ArtistList' object d", ("matplotlib", "Axes.lines.__delitem__", "3.7")),
        (_OWN, "TypeError", r"numeric_only|Could not convert .* to numeric"
         r"|does not support (?:reduction|operation) '(?:mean|sum|std|var|median|corr|sem|skew|prod)'"
         r"|Cannot perform reduction|agg function failed", ("pandas", "numeric_only", "2.0")),
        ("pandas", "ValueError", r"^could not convert string to float", ("pandas", "numeric_only", "2.0")),
        (_OWN, "ValueError", r"^Inclusive has to be", ("pandas", "between(inclusive)", "2.0")),
        (_OWN, "KeyError", r"^-?\d+$", ("pandas", "Series.__getitem__(position)", "3.0")),
        (_OWN, "KeyError", r"^'index'$", ("pandas", "value_counts().reset_index()", "2.0")),
        ("plotly", "ValueError", r"but received: index\b", ("pandas", "value_counts().reset_index()", "2.0")),
        ("seaborn", "ValueError", r"value `index` for", ("pandas", "value_counts().reset_index()", "2.0")),
        (_OWN, "ValueError", r"^Value must be a nonnegative", ("pandas", "options.max_colwidth(-1)", "2.0")),
        (_OWN, "OptionError", r"", ("pandas", "options", "2.0")),
        (_OWN, "ValueError", r"^fill_method must be None", ("pandas", "pct_change(fill_method)", "3.0")),
        (_OWN, "ValueError", r"^(?:invalid error value|errors must)", ("pandas", "errors=ignore", "3.0")),
        (_OWN, "ValueError", r"^invalid unit abbreviation: [A-Z]$", ("pandas", "Timedelta(unit)", "3.0")),
        (_OWN, "FileNotFoundError", r"'\s*(?:\\n)*\s*[\[{<]", ("pandas", "read_json(text)", "3.0")),
        (_OWN, "KeyError", r"None of \[.*Index\(\[-?\d", ("pandas", "Series.__getitem__(position)", "3.0")),
        (_OWN, "TypeError", r"^Invalid value '.*' for dtype", ("pandas", "setitem(dtype)", "3.0")),
        (_OWN, "ValueError", r"^Encountered (?:all NA v|an NA v)", ("pandas", "idxmax(missing)", "3.0")),
        (_OWN, "ValueError", r"^(?:dropna|sort) must be unspecified", ("pandas", "stack(dropna)", "3.0")),
        ("", "ValueError", r"\b(?:array|destination) is read-only$", ("pandas", "values(read-only)", "3.0")),
        ("", "TypeError", r"^Cannot interpret '<StringDtype", ("pandas", "dtype(object)", "3.0")),
        ("", "NotImplementedError", r"ArrowStringArray.> does not s", ("pandas", "values(text)", "3.0")),
        (_OWN, "IndexError", r"^too many indices for array\.$", ("pandas", "values(text)", "3.0")),
        (_OWN, "TypeError", r"^Cannot interpolate with str", ("pandas", "interpolate(text)", "3.0")),
        ("pandas", "ArrowNotImplementedError", r"no kernel matching input types \(large_string",
         ("pandas", "numeric_only", "2.0")),
        ("", "OverflowError", r"^Python integer -?\d+ out of bounds", ("numpy", "uint8(overflow)", "2.0")),
        ("pandas", "ValueError", r"^operands could not be broadcast", ("pandas", "Index & Index", "2.0")),
        (_OWN, "ValueError", r"^Key text\.latex\.preamble", ("matplotlib", "text.latex.preamble", "3.5")),
        (_OWN, "ValueError", r"^Passing .* simultaneously", ("matplotlib", "norm with vmin", "3.5")),
        ("", "TypeError", r"\bannotate\(\) missing 1 required positional argument: 'text'",
         ("matplotlib", "annotate(s)", "3.5")),
        ("", "TypeError", r"\bbar\(\) missing \d required positional arguments?: 'x'",
         ("matplotlib", "bar(left)", "3.0")),
        ("", "TypeError", r"\bbarh\(\) missing \d required positional arguments?: 'y'",
         ("matplotlib", "barh(bottom)", "3.0")),
        ("", "AttributeError", r"^property '\w+' of 'Axes\w*' object has no setter",
         ("matplotlib", "Axes.lines.__set__", "3.7")),
        (_OWN, "TypeError", r"^Dimensions of C \S+ \S+ (?:should be one smaller|are incompatible)",
         ("matplotlib", "pcolormesh(shading=flat)", "3.5")),
        ("pandas", "ValueError", r"^cannot reshape array of size", ("pandas", "Index.__or__", "2.0")),
        ("statsmodels", "ValueError", r"^This is not a categorial", ("pandas", "dtype(object)", "3.0")),
        ("", "IndexError", r"^invalid index to scalar variable", ("scipy", "stats.mode(keepdims)", "1.11")),
        ("", "ImportError", rf"^cannot import name '{_OF_COLLECTIONS}' from 'collections'",
         ("python", "collections.Iterable", "3.10")),
        ("", "AttributeError", rf"^module 'collections' has no attribute '{_OF_COLLECTIONS}'",
         ("python", "collections.Iterable", "3.10")),
        ("", "AttributeError", r"^module 'inspect' has no attribute 'getargspec'",
         ("python", "inspect.getargspec", "3.11")),
        ("", "TypeError", r"^only 0-dimensional arrays can be converted", ("numpy", "float(array)", "2.4")),
        ("", "TypeError", r"^Calling np\.sum\(generator\)", ("numpy", "sum(generator)", "2.4")),
        ("", "ValueError", r"inhomogeneous (?:shape|part)", ("numpy", "array(ragged)", "1.24")),
        ("", "NotImplementedError", r"^the plotly\.js of", ("plotly", "maps on tiles", "7.0")),
        (_OWN, "KeyError", r"^'legend'$", ("bokeh", "line(legend)", "3.0")),
    )
)  # fmt: skip


def changes_in(error: BaseException, libraries: Sequence[str]) -> Iterator[Change]:
    """Yield what an error is known to be about. `libraries` are those through which it came."""
    kind, text = type(error).__name__, str(error)[:2000]
    for library, of_kind, pattern, told in _CHANGES:
        if (not library or library in libraries) and of_kind == kind and pattern.search(text):
            yield told
