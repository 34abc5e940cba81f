"""The findings of audits as CSV: a line for each, and one for a file without any."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from derive.delivery import write_text
from sheets.auditing import Report

HEADER = ("file", "verdict", "reason", "sheet", "cells", "quantity", "kind", "severity", "slip", "formula", "expected")
_FORMULA = ("=", "+", "-", "@", "\t")


def write_findings(path: Path, reports: Sequence[Report], *, force: bool = False) -> None:
    """Write the table; DeriveError where the place cannot be written, or holds somebody's own work."""
    write_text(path, findings_csv(reports), force=force)


def findings_csv(reports: Sequence[Report]) -> str:
    """The table as text; what a spreadsheet would take for a formula is kept a text by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for report in reports:
        found = report.placed_findings
        for sheet, f in found:
            writer.writerow(map(as_text, (report.file, report.verdict, report.reason, sheet, f.cells, f.quantity,
                                          f.kind, f.severity, f.slip, f.formula, f.expected)))
        if not found:
            writer.writerow(map(as_text, (report.file, report.verdict, report.reason, *[""] * (len(HEADER) - 3))))
    return text.getvalue()


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
