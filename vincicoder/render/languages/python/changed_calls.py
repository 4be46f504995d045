"""Calls that pandas 3 answers otherwise than those before it, without an error.

Each has no effect since then, or the pandas of before warned of it: an author who saw today's answer would
not have written it. It is noted, and the program tried on the stacks of before. What gives no sign of its
year (another default, another seed) is left as it is drawn. From pandas' release notes and warnings.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import FrameType
from typing import Any

import numpy as np

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.notes import changed_call

_SAMPLE = "__main__"
_BEFORE_OBSERVED = 5  # positional arguments of `groupby` before that one
_NUMBERS = frozenset(("integer", "floating", "mixed-integer-float", "boolean"))
_OBJECT = ("object", "O")
_WITHOUT_KEYS = "groupby.apply(include_groups)"

Watch = Callable[[Any, tuple[Any, ...], dict[str, Any], Any], bool]
"""Whether a call's answer was another before: of `self`, the arguments, the options and the answer."""


def watch_pandas() -> None:
    """In the warm process: notice such calls of samples, where pandas is 3 or later."""
    import pandas as pd

    if pd.__version__.partition(".")[0] in ("1", "2"):
        return
    _watch_assignment()
    _watch_groups(pd)
    _watch_deviations(pd)
    _watch_values(pd)
    _watch_objects(pd)
    _watch_replaced()
    _watch_positions(pd)
    _watch_dates()


def _note(name: str) -> None:
    captured.note(changed_call("pandas", name, "3.0"))


def _watch(owner: Any, name: str, watches: Mapping[str, Watch]) -> None:
    """Let the sample's own calls of a function be looked at, after they are answered, for what is told."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def watched(*arguments: Any, **options: Any) -> Any:
        answer = original(*arguments, **options)
        if sys._getframe(1).f_globals.get("__name__") == _SAMPLE:
            for told, differs in watches.items():
                with suppress(Exception):
                    if differs(arguments[0] if arguments else None, arguments[1:], options, answer):
                        _note(told)
        return answer

    setattr(owner, name, watched)


def _is_samples(frame: FrameType | None) -> bool:
    """Whether the sample is what called pandas, by whatever way through pandas it came here."""
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("pandas."):
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__") == _SAMPLE


def _watch_assignment() -> None:
    """`df['a'].fillna(0, inplace=True)`, `df['a'][0] = 1`: they change a copy that nobody has.

    pandas makes this warning's object each time, whatever filters the sample has set. The methods themselves
    count the references to their frame, and bear nothing around them.
    """
    warning: Any = importlib.import_module("pandas.errors").ChainedAssignmentError

    def made(self: Warning, *arguments: Any) -> None:
        Warning.__init__(self, *arguments)
        _note("chained_assignment")

    warning.__init__ = made


def _watch_groups(pd: Any) -> None:
    """Categories without rows are left out, keys are no columns of what `apply` sees, gaps are not filled."""
    from pandas.core.groupby import DataFrameGroupBy
    from pandas.core.groupby.groupby import GroupBy

    def loses_categories(_: Any, given: tuple[Any, ...], options: dict[str, Any], grouped: Any) -> bool:
        keys = grouped._grouper.groupings
        if "observed" in options or len(given) > _BEFORE_OBSERVED or all(k._orig_cats is None for k in keys):
            return False
        sizes = [len(key.uniques if key._orig_cats is None else key._orig_cats) for key in keys]
        return len(grouped._grouper.result_index) < int(np.prod(sizes))

    def pivot_loses(frame: Any, given: tuple[Any, ...], options: dict[str, Any], _: Any) -> bool:
        keys = [*_flat(given[1:3]), *_flat((options.get("index"), options.get("columns")))]
        columns = [frame[key] for key in keys if isinstance(key, str) and key in frame.columns]
        return "observed" not in options and any(
            isinstance(column.dtype, pd.CategoricalDtype) and column.nunique() < len(column.cat.categories)
            for column in columns
        )

    def loses_keys(grouped: Any, _: tuple[Any, ...], options: dict[str, Any], answer: Any) -> bool:
        if not isinstance(answer, pd.DataFrame) or "include_groups" in options:
            return False
        columns, got = set(grouped.obj.columns), set(answer.columns)
        keys = columns & set(grouped._grouper.names)
        return bool(keys) and columns - keys <= got and not keys & got

    def has_gaps(source: Any, _: tuple[Any, ...], options: dict[str, Any], __: Any) -> bool:
        values = getattr(source, "_selected_obj", source)
        gaps = values.isna() & values.ffill().notna()
        return "fill_method" not in options and bool(gaps.to_numpy().any())

    for owner in (pd.DataFrame, pd.Series):
        _watch(owner, "groupby", {"groupby(observed)": loses_categories})
    for owner in (pd.DataFrame, pd):
        watches = {"pivot_table(observed)": pivot_loses, "agg(np.std)": _is_deviation}
        _watch(owner, "pivot_table", watches)
    for owner in (pd.DataFrame, pd.Series, GroupBy):
        _watch(owner, "pct_change", {"pct_change(fill_method)": has_gaps})
    apply = DataFrameGroupBy.apply

    @functools.wraps(apply)
    def apply_to_groups(self: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return apply(self, *arguments, **options)
        except KeyError as error:
            if error.args[0] in self._grouper.names:
                _note(_WITHOUT_KEYS)
            raise

    groups: Any = DataFrameGroupBy
    groups.apply = apply_to_groups
    _watch(DataFrameGroupBy, "apply", {_WITHOUT_KEYS: loses_keys})


def _is_deviation(_: Any, given: tuple[Any, ...], options: dict[str, Any], __: Any) -> bool:
    return any(one is np.std or one is np.var for one in _flat((given, options)))


def _watch_deviations(pd: Any) -> None:
    """`agg(np.std)` was `agg('std')`, which divides by one less."""
    from pandas.core.groupby import DataFrameGroupBy, SeriesGroupBy
    from pandas.core.resample import Resampler
    from pandas.core.window import Expanding, Rolling

    for owner in (pd.DataFrame, pd.Series, DataFrameGroupBy, SeriesGroupBy, Resampler, Expanding, Rolling):
        for name in ("agg", "aggregate", "transform"):
            if hasattr(owner, name):
                _watch(owner, name, {"agg(np.std)": _is_deviation})


def _watch_values(pd: Any) -> None:
    """Missing values stay missing in `stack` and as text; dates read from text count microseconds."""

    def keeps_missing(_: Any, __: tuple[Any, ...], options: dict[str, Any], answer: Any) -> bool:
        missing = answer.isna()
        rows = missing.all(axis=1) if missing.ndim > 1 else missing
        return "future_stack" not in options and bool(rows.any())

    def is_converted(source: Any, given: tuple[Any, ...], options: dict[str, Any], answer: Any) -> bool:
        kind = pd.api.types.pandas_dtype(options["dtype"] if "dtype" in options else given[0])
        if kind == "str":
            return bool(answer.isna().any())
        return kind.kind in "iuf" and is_finer(source, given, options, answer)

    def is_finer(source: Any, _: tuple[Any, ...], __: dict[str, Any], ___: Any) -> bool:
        kind = source.dtype
        unit = getattr(kind, "unit", None) or (np.datetime_data(kind)[0] if kind.kind in "mM" else "")
        return bool(unit == "us")

    _watch(pd.DataFrame, "stack", {"stack(dropna)": keeps_missing})
    for owner in (pd.Series, pd.Index):
        _watch(owner, "astype", {"astype": is_converted})
    _watch(pd, "to_numeric", {"to_numeric(dates)": is_finer})


def _watch_objects(pd: Any) -> None:
    """`df['a'].dtype == 'object'` chose the columns of text, which are of type `str` now."""
    kind, types = pd.StringDtype, pd.api.types
    equal_to = kind.__eq__

    def equal(self: Any, other: Any) -> bool:
        asked = (isinstance(other, str) and other in _OBJECT) or other is object or other is np.object_
        if (asked or (isinstance(other, np.dtype) and other.kind == "O")) and self.na_value is not pd.NA:
            caller = sys._getframe(1)
            if caller.f_code.co_name == "__ne__":
                caller = caller.f_back or caller
            through = caller.f_code.co_name == "comp_method_OBJECT_ARRAY"  # of `df.dtypes == 'object'`
            if caller.f_globals.get("__name__") == _SAMPLE or (through and _is_samples(caller)):
                _note("dtype(object)")
        return bool(equal_to(self, other))

    def is_text(source: Any, _: tuple[Any, ...], __: dict[str, Any], ___: Any) -> bool:
        found = getattr(source, "dtype", source)
        return isinstance(found, kind) and found.na_value is not pd.NA

    kind.__eq__ = equal
    _watch(types, "is_object_dtype", {"is_object_dtype": is_text})


def _watch_replaced() -> None:
    """Numbers that take the place of texts or of nothing made a column of numbers; it is one of objects now,
    which histograms, correlations and descriptions leave out."""
    from pandas._libs import lib

    managers: Any = importlib.import_module("pandas.core.internals.managers").BaseBlockManager

    def numbers(manager: Any) -> int:
        """How many columns of objects hold numbers alone."""
        rows = (
            row for block in manager.blocks if block.dtype == object for row in np.atleast_2d(block.values)
        )
        return sum(lib.infer_dtype(row, skipna=False) in _NUMBERS for row in rows)

    def watch(name: str) -> None:
        original = getattr(managers, name)

        @functools.wraps(original)
        def watched(self: Any, *arguments: Any, **options: Any) -> Any:
            if not _is_samples(sys._getframe(1)):
                return original(self, *arguments, **options)
            before = numbers(self)
            answer = original(self, *arguments, **options)
            if numbers(answer) > before:
                _note(f"{name.partition('_')[0]}(downcasting)")
            return answer

        setattr(managers, name, watched)

    for name in ("replace", "replace_list", "fillna"):
        watch(name)


def _watch_positions(pd: Any) -> None:
    """`s[0] = 1` set the first row of a series with labels; it adds a row of that label now."""
    original = pd.Series._set_with_engine

    def set_with_engine(self: Any, key: Any, value: Any) -> None:
        try:
            original(self, key, value)
        except KeyError:
            labels = self.index.dtype.kind not in "iufcb"
            if type(key) is int and labels and abs(key) < len(self) and _is_samples(sys._getframe(1)):
                _note("Series.__setitem__(position)")
            raise

    pd.Series._set_with_engine = set_with_engine


def _watch_dates() -> None:
    """Bars of regular dates stood at 0, 1, 2; they stand at the numbers of their periods now (635 is January
    2023), where texts, lines and ticks at 0, 1, 2 miss them, and a label for each bar stands at few ticks."""
    kind: Any = importlib.import_module("pandas.plotting._matplotlib.core").BarPlot
    make = kind._make_plot

    @functools.wraps(make)
    def made(self: Any, *arguments: Any) -> None:
        make(self, *arguments)
        if kind.__name__ == type(self).__name__ and self._is_ts_plot():
            for axes in self.axes:
                _watch_bars(axes, len(self.data))

    kind._make_plot = made


def _watch_bars(axes: Any, count: int) -> None:
    """Note it where what is drawn beside these bars is meant for positions from 0."""
    figure = axes.figure
    draw = figure.draw

    def drawn(renderer: Any) -> Any:
        with suppress(Exception):
            if _misses_bars(axes, count):
                _note("bar(dates)")
        return draw(renderer)

    figure.draw = drawn


def _misses_bars(axes: Any, count: int) -> bool:
    if not axes.patches or min(bar.get_x() for bar in axes.patches) <= count:
        return False
    locator, labels = axes.xaxis.get_major_locator(), getattr(axes.xaxis.get_major_formatter(), "seq", ())
    ticks = axes.get_xticks()
    if len(labels) == count != len(ticks):
        return True
    beside = [text.get_position()[0] for text in axes.texts if text.get_transform() == axes.transData]
    beside += [x for line in axes.lines if line.get_transform() == axes.transData for x in line.get_xdata()]
    if hasattr(locator, "locs"):
        beside += list(ticks)
    return bool(beside) and all(-1 < float(x) < count for x in beside)


def _flat(given: Any) -> Iterator[Any]:
    """Yield all that lists, tuples and dictionaries in one another hold."""
    if isinstance(given, dict):
        given = tuple(given.values())
    if isinstance(given, list | tuple):
        for one in given:
            yield from _flat(one)
    elif given is not None:
        yield given
