"""Audits workbooks that other people made."""

from sheets.auditing.auditing import audit
from sheets.auditing.findings import Finding, Report, TableReport
from sheets.auditing.many import audit_many, passed_over, workbooks

__all__ = ["Finding", "Report", "TableReport", "audit", "audit_many", "passed_over", "workbooks"]
