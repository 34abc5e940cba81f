"""Spreadsheets of the derivation: build and audit.

The names below load what they need when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheets.auditing import audit, audit_many
    from sheets.building.workbook import build

_HOME = {"audit": "sheets.auditing", "audit_many": "sheets.auditing", "build": "sheets.building.workbook"}

__all__ = ["audit", "audit_many", "build"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sheets' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
