"""Audit reports as lines for a terminal and as JSON."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from sheets.auditing.findings import SEVERITIES, Finding, Report, TableReport, TrainingReport

ORDER = ("wrong", "incomplete", "unreadable", "right")
SIGNS = {"wrong": "✗", "incomplete": "…", "unreadable": "!", "right": "✓"}
_NAME_WIDTH = 18
_MOST_NAMED = 6
_UNBROKEN = 1_000_000


def as_json(report: Report) -> dict[str, Any]:
    """The object that `--json` prints for a file."""
    return {
        "file": report.file,
        "verdict": report.verdict,
        "reason": report.reason,
        "tables": [_table_json(table) for table in report.tables],
        "findings": [asdict(finding) for finding in report.findings],
        "trainings": [_training_json(training) for training in report.trainings],
        "texts": [{**text.checked.as_json(), "where": text.where} for text in report.texts],
    }


def _table_json(table: TableReport) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "header_row": table.header_row,
        "first_row": table.first_row,
        "last_row": table.last_row,
        "learning_rate": {"cell": table.rate_cell, "value": table.rate},
        "columns": dict(table.columns),
        "labels": dict(table.labels),
        "findings": [asdict(finding) for finding in table.findings],
        "notes": list(table.notes),
        "epochs": "to the right" if table.to_the_right else "down",
    }


def _training_json(training: TrainingReport) -> dict[str, Any]:
    return {
        "sheets": list(training.sheets),
        "steps": training.steps,
        "updates": training.updates,
        "method": training.method,
        "loss": training.loss,
        "learning_rate": {"cell": training.rate_cell, "value": training.rate},
        "parameters": dict(training.parameters),
        "findings": [asdict(finding) for finding in training.findings],
        "notes": list(training.notes),
    }


def worst_first(reports: Iterable[Report]) -> list[Report]:
    """Reports by verdict, the wrong ones first, then by name."""
    return sorted(reports, key=lambda report: (ORDER.index(report.verdict), report.file))


def summary_lines(
    reports: Sequence[Report], width: int | None = 80, passed_over: Sequence[str] = (), *, with_details: bool = False
) -> Iterator[tuple[str, str]]:
    """(verdict, line) for every file, worst first, and the counts: what a teacher reads in ten seconds.

    A line is cut at `width`, which is said unless the details stand above it; where that is None, nothing is.
    `passed_over` are files that are no workbooks.
    """
    names = _short_names(reports)
    wide = max((len(name) for name in names.values()), default=0)
    wide = wide if width is None else min(wide, _NAME_WIDTH)
    lost = False
    for report in worst_first(reports):
        name = _cut(names[report.file], wide)
        line = f"{SIGNS[report.verdict]} {name:<{wide}}  {report.verdict:<10}  {report.reason}".rstrip()
        yield report.verdict, _cut(line, width)
        lost = lost or name != names[report.file] or _cut(line, width) != line
    counts = [(verdict, sum(report.verdict == verdict for report in reports)) for verdict in ORDER]
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
    yield "", f"{len(reports)} workbook{'s' if len(reports) != 1 else ''}: {told}"
    if lost and not with_details:
        yield "quiet", "Where … stands, a line is cut: --details shows all of it."
    if passed_over:
        more = f" and {len(passed_over) - _MOST_NAMED} more" if len(passed_over) > _MOST_NAMED else ""
        yield "quiet", _cut(f"No workbooks, not looked at: {', '.join(passed_over[:_MOST_NAMED])}{more}", width)


def detail_lines(report: Report, width: int | None = 80) -> Iterator[tuple[str, str]]:
    """(severity, line) of everything found in a file, equal findings of several tables once; unbroken without width."""
    width = _UNBROKEN if width is None else width
    yield "title", f"{SIGNS[report.verdict]} {report.file}: {report.verdict}"
    if report.verdict in ("unreadable", "incomplete"):
        yield from _wrapped("", f"  {report.reason}", width)
    told: dict[tuple[tuple[str, str, str], ...], str] = {}
    for table in report.tables:
        rate = "" if table.rate is None else f", learning rate {table.rate:.15g}"
        rate += f" in {table.rate_cell}" if table.rate_cell else ""
        yield from _wrapped("", f"  {table.place}{rate}", width)
        for note in table.notes:
            yield from _wrapped("", f"    note: {note}", width)
        same = tuple((f.quantity, f.slip, f.severity) for f in table.findings)
        if same and same in told:
            yield from _wrapped("", f"    the same as in {told[same]}", width)
        else:
            told[same] = table.sheet
            yield from _finding_lines(table.findings, width)
    for training in report.trainings:
        rate = "" if training.rate is None else f", learning rate {training.rate:.15g}"
        rate += f" in {training.rate_cell}" if training.rate_cell else ""
        way = f", {training.method} along {training.loss}" if training.method else ""
        yield from _wrapped("", f"  {training.place}{way}{rate}", width)
        for note in training.notes:
            yield from _wrapped("", f"    note: {note}", width)
        yield from _finding_lines(training.findings, width)
    yield from _finding_lines(report.findings, width)
    slips = [text for text in report.texts if text.checked.verdict == "refuted"]
    if slips:
        yield "", "  Beside the tables, judged apart and without effect on the verdict:"
    for text in slips:
        yield from _wrapped("text", f"  text in {text.where}: {text.checked.text.strip()}", width)
        if text.checked.correct:
            yield from _wrapped("", f"      belongs: {text.checked.correct}", width)
        if text.checked.slip:
            yield from _wrapped("", f"      slip: {text.checked.slip}", width)


def _finding_lines(findings: Iterable[Finding], width: int) -> Iterator[tuple[str, str]]:
    for finding in sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)):
        where = f"{finding.sheet}!{finding.cells}" if finding.sheet else finding.cells
        head = f"    {finding.severity}: {finding.quantity} in {where}: {finding.slip}"
        yield from _wrapped(finding.severity, head, width)
        for label, formula in (("stands:  ", finding.formula), ("belongs: ", finding.expected)):
            if formula:
                yield from _formula_lines(f"        {label}", formula, width)
        if finding.follows:
            yield from _wrapped("", f"        follows from it: {', '.join(finding.follows)}", width)


def _formula_lines(label: str, formula: str, width: int) -> Iterator[tuple[str, str]]:
    """A formula after its label, broken before an operator where it is too long for a line."""
    text, room = " ".join(formula.split()), width - len(label)
    while len(text) > room:
        cut = max((place for place in range(1, room + 1) if text[place] in "+-*/,"), default=room)
        yield "", label + text[:cut]
        label, text = " " * len(label), text[cut:]
    yield "", label + text


def _wrapped(style: str, text: str, width: int) -> Iterator[tuple[str, str]]:
    """A text in lines of at most `width`, the later ones indented deeper."""
    indent = " " * (len(text) - len(text.lstrip()) + 4)
    for line in textwrap.wrap(" ".join(text.splitlines()), width, subsequent_indent=indent, drop_whitespace=True,
                              break_on_hyphens=False) or [text]:
        yield style, line


def _cut(text: str, width: int | None) -> str:
    return text if width is None or len(text) <= width else text[: width - 1] + "…"


def _short_names(reports: Sequence[Report]) -> dict[str, str]:
    """Files by their name alone, or by their path where two share the name."""
    names = [Path(report.file).name for report in reports]
    return {r.file: r.file if names.count(name) > 1 else name for r, name in zip(reports, names, strict=True)}
