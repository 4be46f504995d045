"""Names of libraries other than matplotlib that went before the oldest stack, put back into it.

Tutorials of 2018 to 2020 and what was learned from them use these: pandas 0.25, networkx 2.3, scipy 1.2,
scikit-learn 0.21, seaborn 0.10, statsmodels 0.10. Each does what it did there. A library is looked at once
it is imported.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_GROUPS = ("connected", "weakly_connected", "strongly_connected", "biconnected")
_ROLLING = ("count", "max", "mean", "median", "min", "std", "sum", "var")


def restore_in(module: str) -> None:
    """In the warm process of a stack with matplotlib 3.6: put back what a library just imported had."""
    import matplotlib

    if matplotlib.__version_info__[:2] == (3, 6):
        _RESTORED[module]()


def restored_modules() -> tuple[str, ...]:
    """Return the modules that have such names."""
    return tuple(_RESTORED)


def _restore_networkx() -> None:
    nx: Any = importlib.import_module("networkx")
    _put(nx.Graph, "node", property(lambda self: self.nodes))
    for name in ("selfloop_edges", "nodes_with_selfloops", "number_of_selfloops"):
        _put(nx.Graph, name, getattr(nx, name))

    def put(kind: str) -> None:
        components = getattr(nx, f"{kind}_components")

        def subgraphs(graph: Any, copy: bool = True) -> Iterator[Any]:
            """Yield the graph of each component."""
            for nodes in components(graph):
                part = graph.subgraph(nodes)
                yield part.copy() if copy else part

        _put(nx, f"{kind}_component_subgraphs", subgraphs)

    for kind in _GROUPS:
        put(kind)


def _restore_pandas() -> None:
    pd: Any = importlib.import_module("pandas")
    for name in _ROLLING:

        def rolling(
            values: Any, window: int, min_periods: Any = None, center: bool = False, name: str = name
        ) -> Any:
            return getattr(values.rolling(window, min_periods=min_periods, center=center), name)()

        _put(pd, f"rolling_{name}", rolling)
    _put(pd, "TimeGrouper", lambda freq=None, **options: pd.Grouper(freq=freq, **options))
    for owner in (pd.DataFrame, pd.Series):
        _put(owner, "ix", property(_Ix))
        _put(
            owner, "as_matrix", lambda self, columns=None: (self if columns is None else self[columns]).values
        )
        _put(owner, "clip_lower", lambda self, threshold: self.clip(lower=threshold))
        _put(owner, "clip_upper", lambda self, threshold: self.clip(upper=threshold))
    plotting = sys.modules["pandas.plotting"]
    sys.modules.setdefault("pandas.tools", plotting)
    sys.modules.setdefault("pandas.tools.plotting", plotting)


class _Ix:
    """`frame.ix[...]`: by label, and by position where the labels are no integers."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def _labels(self, key: Any) -> Any:
        keys = key if isinstance(key, tuple) else (key,)
        named = [_labels_at(index, one) for index, one in zip(self._values.axes, keys, strict=False)]
        return tuple(named) if isinstance(key, tuple) else named[0]

    def __getitem__(self, key: Any) -> Any:
        return self._values.loc[self._labels(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._values.loc[self._labels(key)] = value


def _labels_at(index: Any, key: Any) -> Any:
    """Return the labels that a key of `ix` means."""
    if index.inferred_type in ("integer", "mixed-integer", "floating"):
        return key
    if isinstance(key, slice):
        ends = [end for end in (key.start, key.stop) if end is not None]
        return index[key] if ends and all(isinstance(end, int | np.integer) for end in ends) else key
    if isinstance(key, int | np.integer) and not isinstance(key, bool):
        return index[key]
    if isinstance(key, list | range) and key and all(type(one) is int for one in key):
        return index[list(key)]
    return key


def _restore_misc() -> None:
    misc: Any = importlib.import_module("scipy.misc")
    special: Any = importlib.import_module("scipy.special")
    for name in ("comb", "factorial", "factorial2", "logsumexp"):
        _put(misc, name, getattr(special, name))


def _restore_interpolate() -> None:
    interpolate: Any = importlib.import_module("scipy.interpolate")

    def spline(
        xk: Any, yk: Any, xnew: Any, order: int = 3, kind: str = "smoothest", conds: Any = None
    ) -> Any:
        """Return at `xnew` the spline with all of `xk` for knots of which the jumps of the highest derivative
        are least (the sum of their squares)."""
        xk, yk = np.asarray(xk, float), np.asarray(yk, float)
        knots = np.concatenate(([xk[0]] * order, xk, [xk[-1]] * order))
        pieces = interpolate.BSpline(knots, np.eye(len(knots) - order - 1), order)
        values = pieces(xk)
        steps = pieces.derivative(order)((xk[1:] + xk[:-1]) / 2)
        jumps = np.diff(steps, axis=0)
        some = np.linalg.lstsq(values, yk, rcond=None)[0]
        free = np.linalg.svd(values)[2][len(xk) :].T
        rest = np.linalg.lstsq(jumps @ free, -(jumps @ some), rcond=None)[0]
        return interpolate.BSpline(knots, some + free @ rest, order)(xnew)

    _put(interpolate, "spline", spline)


def _restore_sklearn() -> None:
    """Modules of other names: what `import` finds in `sys.modules` it takes."""
    for old, new in (
        ("sklearn.externals.joblib", "joblib"),
        ("sklearn.datasets.samples_generator", "sklearn.datasets"),
        ("sklearn.cross_validation", "sklearn.model_selection"),
        ("sklearn.grid_search", "sklearn.model_selection"),
    ):
        module = importlib.import_module(new)
        sys.modules.setdefault(old, module)
        parent, _, name = old.rpartition(".")
        _put(importlib.import_module(parent), name, module)


def _without(kind: Any, *names: str) -> None:
    """Let a class take arguments that said how it computes, not what."""
    original = kind.__init__

    @functools.wraps(original)  # scikit-learn reads the arguments' names from it
    def made(self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **{name: one for name, one in options.items() if name not in names})

    kind.__init__ = made


def _restore_clusters() -> None:
    _without(importlib.import_module("sklearn.cluster").KMeans, "n_jobs", "precompute_distances")


def _restore_trees() -> None:
    tree: Any = importlib.import_module("sklearn.tree")
    for kind in (tree.DecisionTreeClassifier, tree.DecisionTreeRegressor):
        _without(kind, "presort")


def _restore_preprocessing() -> None:
    preprocessing: Any = importlib.import_module("sklearn.preprocessing")
    impute: Any = importlib.import_module("sklearn.impute")

    def imputer(missing_values: Any = "NaN", strategy: str = "mean", axis: int = 0, copy: bool = True) -> Any:
        """Return what fills missing values of columns. Raises ValueError for those of rows."""
        if axis:
            raise ValueError("Imputer(axis=1) is not drawn here: only columns are filled")
        missing = np.nan if missing_values == "NaN" else missing_values
        return impute.SimpleImputer(missing_values=missing, strategy=strategy, copy=copy)

    _put(preprocessing, "Imputer", imputer)


def _restore_seaborn() -> None:
    sns: Any = importlib.import_module("seaborn")
    jointplot = sns.jointplot

    def annotate(
        self: Any, func: Any, template: Any = None, stat: Any = None, loc: str = "best", **options: Any
    ) -> Any:
        """Write a statistic of the data into the joint plot's legend."""
        found = func(self.x, self.y)
        value, p = (found[0], found[1]) if np.ndim(found) else (found, None)
        text = template or "{stat} = {val:.2g}" + ("" if p is None else "; p = {p:.2g}")
        (nothing,) = self.ax_joint.plot(self.x, self.y, linestyle="", alpha=0)
        text = text.format(stat=stat or func.__name__, val=value, p=p)
        self.ax_joint.legend([nothing], [text], loc=loc, **options)
        nothing.remove()
        return self

    def with_statistic(*arguments: Any, stat_func: Any = None, annot_kws: Any = None, **options: Any) -> Any:
        grid = jointplot(*arguments, **options)
        return grid.annotate(stat_func, **(annot_kws or {})) if stat_func else grid

    _put(sns.JointGrid, "annotate", annotate)
    _put(sns, "jointplot", with_statistic)
    _put(sns, "lvplot", sns.boxenplot)


def _restore_seasons() -> None:
    seasonal: Any = importlib.import_module("statsmodels.tsa.seasonal")
    api: Any = importlib.import_module("statsmodels.tsa.api")
    original = seasonal.seasonal_decompose

    def seasonal_decompose(*arguments: Any, **options: Any) -> Any:
        if "freq" in options:
            options["period"] = options.pop("freq")
        return original(*arguments, **options)

    for module in (seasonal, api):
        _put(module, "seasonal_decompose", seasonal_decompose)


def _put(owner: Any, name: str, replacement: Any) -> None:
    setattr(owner, name, replacement)


_RESTORED: dict[str, Callable[[], None]] = {
    "networkx": _restore_networkx,
    "pandas.plotting": _restore_pandas,
    "scipy.misc": _restore_misc,
    "scipy.interpolate": _restore_interpolate,
    "sklearn": _restore_sklearn,
    "sklearn.cluster": _restore_clusters,
    "sklearn.tree": _restore_trees,
    "sklearn.preprocessing": _restore_preprocessing,
    "seaborn": _restore_seaborn,
    "statsmodels.tsa.seasonal": _restore_seasons,
}
