"""`derive.check` as the benchmarks ask it: without a walkthrough where the program can do without one."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import derive

Check = Callable[[str], tuple[Any, ...]]


def checker(walkthrough: str | None = None) -> Check:
    """`derive.check` with a walkthrough, without one, or with the main one where it cannot do without."""
    parameter = signature(derive.check).parameters["walkthrough"]
    if walkthrough is None and parameter.default is not parameter.empty:
        return lambda text: tuple(derive.check(text))
    known = derive.load_walkthrough(walkthrough or "kanungo")
    return lambda text: tuple(derive.check(text, known))
