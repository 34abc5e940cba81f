"""`derive.check` as the benchmarks ask it: without a walkthrough, or with one."""

from collections.abc import Callable
from typing import Any

import derive

Check = Callable[[str], tuple[Any, ...]]


def checker(walkthrough: str | None = None) -> Check:
    """`derive.check` with a walkthrough, or without one."""
    known = None if walkthrough is None else derive.load_walkthrough(walkthrough)
    return lambda text: tuple(derive.check(text, known))
