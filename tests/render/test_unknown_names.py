"""Which errors say that a library's version does not have a name, and since when it is gone or there."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from vincicoder.render.languages.python.names_by_version import GONE, NEW
from vincicoder.render.languages.python.unknown_names import unknown_name

_START = "import numpy as np, pandas as pd, matplotlib.pyplot as plt\n"


def _found(code: str) -> Any:
    with pytest.raises(BaseException) as caught:
        exec(compile(_START + code, "sample.py", "exec"), {"__name__": "__main__"})
    return unknown_name(caught.value)


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("np.float", "removed_name:numpy float 1.24"),
        ("np.Inf", "removed_name:numpy Inf 2.0"),
        ("plt.cm.get_cmap", "removed_name:matplotlib cm.get_cmap 3.9"),
        ("from matplotlib.cm import get_cmap", "removed_name:matplotlib cm.get_cmap 3.9"),
        ("from scipy.integrate import simps", "removed_name:scipy integrate.simps 1.14"),
        ("pd.DataFrame({'a': [1]}).append({'a': 2})", "removed_name:pandas DataFrame.append 2.0"),
        ("pd.Series([1]).fillna(method='ffill')", "removed_name:pandas NDFrame.fillna(method) 3.0"),
        ("pd.date_range('2020', periods=3, freq='M')", "removed_name:pandas freq.M 3.0"),
        ("plt.style.use('seaborn-darkgrid')", "removed_name:matplotlib style.seaborn-darkgrid 3.8"),
        ("pd.Series([1], ['a'])[0]", "unknown_name:pandas Series.__getitem__(position) 3.0"),
        ("'%.2f' % np.array([1.0])", "unknown_name:numpy float(array) 2.4"),
        ("np.array([[1], [1, 2]])", "unknown_name:numpy array(ragged) 1.24"),
        ("pd.DataFrame({'a': ['u']}).corr()", "unknown_name:pandas numeric_only 2.0"),
        ("plt.annotate(s='a', xy=(0, 0))", "unknown_name:matplotlib annotate(s) 3.5"),
        ("plt.rcParams['savefig.frameon'] = 1", "removed_name:matplotlib rcParams.savefig.frameon 3.5"),
        ("from collections import Iterable", "unknown_name:python collections.Iterable 3.10"),
        ("np.flot", "unknown_name:numpy flot"),
        ("raise ModuleNotFoundError(name='squarify')", "unknown_name:squarify squarify"),
    ],
)
def test_a_name_that_this_version_does_not_have_is_named(code: str, note: str) -> None:
    found = _found(code)
    assert found is not None
    assert found.note() == note


@pytest.mark.parametrize(
    "code",
    [
        "None.append",
        "def boxplot(x): ...\nboxplot(labels=1)",
        "class DataFrame: ...\nDataFrame().append",
        "import no_such_module",
        "pd.DataFrame({'a': [1]})['b']",
        "raise ValueError('np.float was removed in 1.24')",
        "int('a')",
        "{'a': 1}[0]",
        "plt.plot([1, 2], [1, 2, 3])",
    ],
)
def test_other_errors_are_the_programs_own(code: str) -> None:
    assert _found(code) is None


def test_names_said_to_be_gone_are_gone_from_todays_libraries_and_new_ones_are_there() -> None:
    here = {name: importlib.import_module(name) for name in ("numpy", "pandas", "scipy", "networkx")}
    for (library, name), _ in GONE.items():
        if library in here and "." not in name and "(" not in name and name not in ("bool", "long", "str"):
            assert not hasattr(here[library], name), f"{library}.{name} is there"
    for (library, name), _ in NEW.items():
        if library in here and "." not in name and "(" not in name:
            assert hasattr(here[library], name), f"{library}.{name} is not there"
