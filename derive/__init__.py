"""Symbolic derivation of small networks: derive, check, train, print.

The names below load what they need when they are first used, so that `derive --help` does not wait for SymPy.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Derivation": "derive.chain",
    "DeriveError": "derive.errors",
    "Network": "derive.network",
    "check": "derive.verdicts",
    "decide": "derive.equal",
    "derive_gradients": "derive.chain",
    "load_walkthrough": "derive.walkthrough",
    "to_latex": "derive.latex",
    "train": "derive.training",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
