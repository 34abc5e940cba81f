"""Symbolic derivation of small networks: derive, check, train, print.

The names below load what they need when they are first used, so that `derive --help` does not wait for SymPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.checking import check_many
    from derive.equal import decide
    from derive.equality import Proved, Refuted, Undecided
    from derive.errors import DeriveError
    from derive.gradients.chain import Derivation
    from derive.interface import derive_gradients, train
    from derive.latex import to_exercise, to_latex, to_markdown, to_slides
    from derive.network import Network
    from derive.verdicts import check
    from derive.walkthrough import load_walkthrough

_HOME = {
    "Derivation": "derive.gradients.chain",
    "DeriveError": "derive.errors",
    "Network": "derive.network",
    "Proved": "derive.equality",
    "Refuted": "derive.equality",
    "Undecided": "derive.equality",
    "check": "derive.verdicts",
    "check_many": "derive.checking",
    "decide": "derive.equal",
    "derive_gradients": "derive.interface",
    "load_walkthrough": "derive.walkthrough",
    "to_exercise": "derive.latex",
    "to_latex": "derive.latex",
    "to_markdown": "derive.latex",
    "to_slides": "derive.latex",
    "train": "derive.interface",
}

__all__ = [
    "Derivation", "DeriveError", "Network", "Proved", "Refuted", "Undecided", "check", "check_many", "decide",
    "derive_gradients", "load_walkthrough", "to_exercise", "to_latex", "to_markdown", "to_slides", "train",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext derive` gives a notebook the cell magic `%%derive`."""
    import_module("derive.notebook").load_ipython_extension(ipython)
