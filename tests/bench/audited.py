"""The audit of real workbooks beside what is known of each, as the table in docs/audit.md.

    python -m tests.bench.audited ../shared/workbooks docs/audit.md

Writes the part of docs/audit.md below its mark anew: one row a file, then the counts and every disagreement.
"""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from sheets.auditing import Report, audit_many

MARK = "<!-- below: python -m tests.bench.audited ../shared/workbooks docs/audit.md -->"
_VERDICTS = {"ok": "right", "ok (fragile)": "right, fragile", "unreadable": "not known: openpyxl cannot open it"}


def called(quantity: str) -> str:
    """Our name of a quantity as truth.json has it."""
    return quantity.replace("out_", "a_").replace("E_Total", "E")


def known_wrong(known: dict[str, Any]) -> set[tuple[str, int, str]]:
    """(sheet, header row, quantity) of every column that is known to be wrong, or fragile in an ok workbook."""
    return {
        (table["sheet"], table["header_row"], name.partition(":")[0])
        for table in known["tables"]
        for name in {**table["wrong_gradients"], **table["wrong_forward"], **table["wrong_updates"]}
    }


def found(report: Report, severity: str) -> set[tuple[str, int, str]]:
    """The same of what the audit found, of one severity."""
    return {
        (table.sheet, table.header_row, called(finding.quantity))
        for table in report.tables
        for finding in table.findings
        if finding.severity == severity and finding.kind in ("gradient", "forward", "update", "anchor", "fill")
    }


def _ours(report: Report) -> str:
    severities = {finding.severity for finding in report.all_findings}
    return "right, fragile" if report.verdict == "right" and severities else report.verdict


def _rows(reports: list[Report], truth: dict[str, Any]) -> Iterator[str]:
    yield "| file | known | audit | wrong columns known | found | what the audit says |"
    yield "|---|---|---|---:|---:|---|"
    for report in reports:
        known = truth[Path(report.file).name]
        wrong = known_wrong(known)
        seen = wrong & (found(report, "wrong") | found(report, "fragile"))
        verdict = _VERDICTS.get(known["verdict"], known["verdict"])
        said = report.reason.replace("|", "\\|")
        yield f"| {Path(report.file).stem} | {verdict} | {_ours(report)} | {len(wrong)} | {len(seen)} | {said} |"


def _counts(reports: list[Report], truth: dict[str, Any]) -> Iterator[str]:
    agreed = wrong = seen = extra = columns = tables = 0
    for report in reports:
        known = truth[Path(report.file).name]
        told = _VERDICTS.get(known["verdict"], known["verdict"]).partition(",")[0]
        agreed += report.verdict == told or (known["verdict"] == "unreadable" and report.verdict != "unreadable")
        expected, strict = known_wrong(known), found(report, "wrong")
        wrong += len(expected)
        seen += len(expected & (strict | found(report, "fragile")))
        extra += len(strict - expected)
        tables += len(report.tables)
        columns += sum(len(table.columns) for table in report.tables)
    yield f"- verdicts as known: {agreed} of {len(reports)}"
    yield f"- tables found: {tables} of {sum(len(known['tables']) for known in truth.values())}"
    yield f"- wrong or fragile columns found: {seen} of {wrong}"
    yield f"- columns called wrong that are not known to be: {extra} of {columns}"


def _differences(reports: list[Report], truth: dict[str, Any]) -> Iterator[str]:
    """Columns in which the audit and what is known differ, also in severity."""
    for report in reports:
        known = truth[Path(report.file).name]
        expected, strict, fragile = known_wrong(known), found(report, "wrong"), found(report, "fragile")
        name = Path(report.file).stem
        if known["verdict"] == "wrong" and (softer := (expected & fragile) - strict):
            told = ", ".join(sorted({quantity for *_, quantity in softer}))
            yield f"- {name}: {told} are listed as wrong, and found as fragile: the numbers are right to their digits"
        for sheet, row, quantity in sorted(expected - strict - fragile):
            yield f"- {name}: {quantity} in {sheet}, header row {row}, was not found"
        for sheet, row, quantity in sorted(strict - expected):
            yield f"- {name}: {quantity} in {sheet}, header row {row}, is called wrong and not known to be"


def main(folder: Path, page: Path) -> None:
    """Audit, and write the page's table."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    files = sorted(folder / name for name in truth)
    with ProcessPoolExecutor() as executor:
        reports = list(audit_many(files, executor))
    prose = page.read_text(encoding="utf-8").partition(MARK)[0]
    lines = [MARK, "", *_counts(reports, truth), "", *_rows(reports, truth), "", "Where the two differ:", ""]
    differences = list(_differences(reports, truth)) or ["- nowhere"]
    page.write_text(prose + "\n".join([*lines, *differences]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
