"""Equality as a decision: proved, refuted with a witness, or undecided with the reason."""

from typing import TYPE_CHECKING, Any

from derive.equality.verdicts import Proved, Refuted, Undecided, Verdict

if TYPE_CHECKING:
    from derive.equality.deciding import decide

__all__ = ["Proved", "Refuted", "Undecided", "Verdict", "decide"]


def __getattr__(name: str) -> Any:
    """`decide` is imported when it is first asked for: a verdict alone needs no SymPy."""
    if name == "decide":
        from derive.equality.deciding import decide

        return decide
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
