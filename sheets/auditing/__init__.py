"""Audits workbooks that other people made."""

from sheets.auditing.auditing import audit
from sheets.auditing.findings import Finding, Report, TableReport

__all__ = ["Finding", "Report", "TableReport", "audit"]
