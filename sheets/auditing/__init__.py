"""Audits workbooks that other people made."""

from sheets.auditing.auditing import audit
from sheets.auditing.findings import Finding, Report, TableReport
from sheets.auditing.many import audit_many, workbooks

__all__ = ["Finding", "Report", "TableReport", "audit", "audit_many", "workbooks"]
