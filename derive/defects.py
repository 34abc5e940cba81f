"""Errors that no line of ours raises on purpose: those of what is too large, and all others, which are defects."""

import os
from collections.abc import Mapping
from types import MappingProxyType

TRACEBACK = "DERIVE_SHEETS_TRACEBACK"

TOO_MUCH: Mapping[type[Exception], str] = MappingProxyType({
    RecursionError: "it is nested deeper than this program follows",
    ZeroDivisionError: "it divides by zero",
    OverflowError: "a number in it is too large",
    MemoryError: "it does not fit in memory",
})  # fmt: skip
"""What a text may raise on the way to its verdict, and what is said of it; what is not in here is a defect."""


def left_open(error: Exception) -> str:
    """Why a verdict is left open by an error; one that is a defect is told as such, or raised."""
    return next((told for kind, told in TOO_MUCH.items() if isinstance(error, kind)), "") or reported(error)


def reported(error: Exception, whose: str = "yours") -> str:
    """A defect in one line, which is all that its user sees of it; with DERIVE_SHEETS_TRACEBACK=1, as in our tests, it
    is raised instead.
    """
    if os.environ.get(TRACEBACK):
        raise error
    return f"a fault of this program, not {whose}: {first_line(error)} — please report it; {TRACEBACK}=1 shows where"


def first_line(error: Exception) -> str:
    """The kind of an error and the first line of what it says."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
