"""Many threads may ask for syntax trees at once."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from vincicoder import syntax_tree

_CODE = ("x = " + "f(" * 60 + "1" + ")" * 60 + "\n") * 100


@pytest.fixture
def _busy_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_busy_threads")
@pytest.mark.slow
def test_threads_do_not_disturb_each_other() -> None:
    whole = ast.dump(ast.parse(_CODE))
    with ThreadPoolExecutor(6) as pool:
        trees = list(pool.map(lambda _: syntax_tree.parse(_CODE), range(60)))
    assert all(len(tree.body) == 100 for tree in trees) and ast.dump(trees[-1]) == whole


def test_errors_are_those_of_the_parser() -> None:
    with pytest.raises(SyntaxError):
        syntax_tree.parse("def f(:")
