"""Spreadsheets of the derivation: build and audit.

The names below load what they need when they are first used.
"""

from importlib import import_module
from typing import Any

_HOME = {"audit": "sheets.auditing", "audit_many": "sheets.auditing", "build": "sheets.workbook"}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sheets' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
