"""How much is tried in every run: few examples of a law, few rows of a table; all of them in the slow sweep."""

import gc
import os
import time
from collections.abc import Callable, Container, Iterable
from typing import Any

import pytest
from hypothesis import settings

TIMES = "DERIVE_SHEETS_EXAMPLES"
"""The environment's number by which the examples of every law are multiplied."""


def sweep(rows: Iterable[Any], *quick: Any) -> list[Any]:
    """The rows of a table, of which all but a few are tried in the slow sweep alone."""
    return [row if row in quick else pytest.param(row, marks=pytest.mark.slow) for row in rows]


def some(rows: Iterable[Any], *taken: Any) -> list[Any]:
    """The rows of a table of which the slow sweep takes these alone, and `pytest -m whole` all others."""
    return [row if row in taken else pytest.param(*_values(row), marks=pytest.mark.whole) for row in rows]


def _values(row: Any) -> tuple[Any, ...]:
    return row if isinstance(row, tuple) else (row,)


def swept(rows: Iterable[Any], quick: Container[Any], slow: Container[Any]) -> list[Any]:
    """The rows of a table, a few tried in each run, some in the slow sweep, and the others with `pytest -m whole`."""
    marks = pytest.mark
    return [row if row in quick else pytest.param(*_values(row), marks=marks.slow if row in slow else marks.whole)
            for row in rows]


def seconds(act: Callable[[], object]) -> float:
    """The processor time of an act, whatever else this process keeps: no pass over that is made meanwhile."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        act()
        return time.process_time() - start
    finally:
        gc.enable()


def examples(few: int) -> settings:
    """So many examples, more where the environment asks for more."""
    return settings(max_examples=few * int(os.environ.get(TIMES, "1")))
