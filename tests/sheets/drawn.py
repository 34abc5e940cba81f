"""Workbooks as people draw them by hand: lines of cells, audited."""

from collections.abc import Iterable, Mapping

from derive.walkthrough import load_walkthrough
from sheets.auditing.auditing import audit_cells
from sheets.auditing.book import Book, Sheet
from sheets.auditing.findings import Report
from sheets.references import place_of


def drawn(rows: Iterable[str], names: Mapping[str, str] | None = None, stored: Mapping[str, float] | None = None
          ) -> Report:
    """The audit of lines of cells, a bar between them, from A1 on, with values `stored` beside their formulas.

    `names` are the workbook's own.
    """
    written: dict[tuple[int, int], str | float] = {}
    for row, line in enumerate(rows, start=1):
        for column, content in enumerate(map(str.strip, line.split("|")), start=1):
            if content:
                written[row, column] = float(content) if content.lstrip("-").replace(".", "").isdigit() else content
    values = {place_of(address): value for address, value in (stored or {}).items()}
    book = Book("made.xlsx", (Sheet("One", written, values),), names or {})
    return audit_cells(book, (load_walkthrough("kanungo").network,))


def wrong_cells(report: Report) -> list[str]:
    """The cells of what is wrong, finding by finding."""
    return [one.cells for one in report.all_findings if one.severity == "wrong"]


def repeated(head: Iterable[str], start: str, same: str, step: str, data: Iterable[str]) -> list[str]:
    """Lines of one form below some heads: what is given, then starts, or the steps from the line above, then the rest.
    """
    lines = list(head)
    for number, given in enumerate(data):
        row = len(lines) + 1
        lines.append(" | ".join((given, step if number else start, same)).format(r=row, p=row - 1))
    return lines
