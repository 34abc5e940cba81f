"""What `build` and `audit` return, in a notebook: tables as Markdown."""

from functools import singledispatch

from derive.notebook import plain
from sheets.auditing import Report
from sheets.building.workbook import Built
from sheets.report import SIGNS


@singledispatch
def as_markdown(value: object) -> str | None:
    """A value as Markdown; None, so that its `repr` is shown, where it has no better form."""
    return None


@as_markdown.register
def _(value: Report) -> str:
    rows = [f"| {' | '.join(map(plain, (sheet, f.cells, f.quantity, f.severity, f.slip)))} |"
            for sheet, f in value.placed_findings]
    head = ["", "| sheet | cells | quantity | severity | what was found |", "|---|---|---|---|---|"]
    told = f"{SIGNS[value.verdict]} **{plain(value.file)}**: {value.verdict}. {plain(value.reason)}".rstrip()
    return "\n".join([told, *(head if rows else []), *rows])


@as_markdown.register
def _(value: Built) -> str:
    rows = [f"| {plain(sheet)} | {seen.first:.10g} | {seen.last:.10g} |" for sheet, seen in value.sheets]
    head = ["", f"| sheet | {plain(value.loss)} at the start | at the end |", "|---|---:|---:|"]
    return "\n".join([f"**{plain(str(value.path))}**, {value.rows:,} rows", *head, *rows])
