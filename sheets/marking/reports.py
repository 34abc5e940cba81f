"""Marked copies of audited workbooks."""

from collections.abc import Sequence
from pathlib import Path

from derive.errors import DeriveError
from sheets.auditing import Report
from sheets.marking.mark import mark_file
from sheets.marking.note import notes_of


def mark_reports(folder: Path, reports: Sequence[Report]) -> tuple[Path, ...]:
    """A marked copy in `folder` of each workbook that could be read, under its name; two of a name are numbered.

    DeriveError where one cannot be written.
    """
    taken: set[str] = set()
    written = []
    for report in reports:
        if report.verdict == "unreadable":
            continue
        source = Path(report.file)
        name, number = source.name, 1
        while name.lower() in taken:
            number += 1
            name = f"{source.stem} {number}{source.suffix}"
        taken.add(name.lower())
        try:
            head = (report.verdict.capitalize(), report.reason, source.name)
            mark_file(source, folder / name, notes_of(report), head)
        except DeriveError as error:
            raise DeriveError(error.where or report.file, error.found, error.right) from None
        written.append(folder / name)
    return tuple(written)
