"""What an audit says: findings, one report a table, one report a file. Frozen and picklable."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from derive.checking import Checked
from derive.shown import Shown
from derive.truth import Truthless
from sheets.cells import letters
from sheets.references import areas_of

Severity = Literal["wrong", "fragile", "undecided"]
NOTHING = "nothing there"
TYPED = "numbers stand where formulas belong"
SEVERITIES: tuple[Severity, ...] = ("wrong", "undecided", "fragile")
Kind = Literal["gradient", "forward", "update", "anchor", "fill", "value", "label", "data", "text"]
Verdict = Literal["right", "wrong", "incomplete", "unreadable"]


class Finding(Struct, frozen=True):
    """One thing found: where it stands, what stands there, what belongs there, the slip in words.

    `quantity` is the ASCII name of the column's quantity, `cells` a range or several, `formula` and `expected` are
    formulas or numbers of the workbook's own cells at the first of them. "undecided" is what could not be checked.
    Outside the tables of rows `sheet` says where the cells stand, and `follows` which others are wrong by them alone.
    """

    kind: Kind
    quantity: str
    cells: str
    formula: str
    expected: str
    slip: str
    severity: Severity
    sheet: str = ""
    follows: tuple[str, ...] = ()


class CheckedText(Struct, frozen=True):
    """One equality of a text and its verdict; `where` is the cell, the comment's cell, or the drawing of a text box."""

    where: str
    checked: Checked


class TableReport(Struct, frozen=True):
    """The audit of one table; `columns` maps quantities to column letters, `labels` to headers that differ.

    Where epochs run `to_the_right`, rows are columns: `header_row` and the like are numbers of columns, and `columns`
    maps to numbers of rows.
    """

    sheet: str
    header_row: int
    first_row: int
    last_row: int
    rate_cell: str | None
    rate: float | None
    columns: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    complete: bool = True
    to_the_right: bool = False

    @property
    def place(self) -> str:
        """Its sheet and where its epochs stand: `LR=0.5, rows 3 to 285`."""
        if self.to_the_right:
            return f"{self.sheet}, columns {letters(self.first_row)} to {letters(self.last_row)}"
        return f"{self.sheet}, rows {self.first_row} to {self.last_row}"


class TrainingReport(Struct, frozen=True):
    """The audit of a training in any other layout: what its updates go down along, and how.

    `parameters` are the cells from which its first step starts, by what they are called. `steps` are those that are
    written, all of `updates` quantities.
    """

    sheets: tuple[str, ...]
    steps: int
    updates: int
    method: str
    loss: str
    rate_cell: str | None
    rate: float | None
    parameters: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    complete: bool = True

    @property
    def place(self) -> str:
        """Its sheets and its steps: `iter 1 to iter 3: 3 steps of 8 parameters`."""
        where = self.sheets[0] if len(self.sheets) == 1 else f"{self.sheets[0]} to {self.sheets[-1]}"
        steps = f"{self.steps} step{'s' if self.steps != 1 else ''}"
        return f"{where}: {steps} of {self.updates} parameter{'s' if self.updates != 1 else ''}"


class Report(Shown, Truthless, Struct, frozen=True):
    """The audit of one file; `findings` stand outside the tables, `texts` are judged apart and change no verdict."""

    file: str
    verdict: Verdict
    reason: str
    tables: tuple[TableReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    texts: tuple[CheckedText, ...] = ()
    trainings: tuple[TrainingReport, ...] = ()

    def __repr__(self) -> str:
        return f"<Report {self.file}: {self.verdict}>"

    @property
    def placed_findings(self) -> tuple[tuple[str, Finding], ...]:
        """The same with the sheet that each is about, empty where it is about none, and cells without it."""
        of_tables = [(table.sheet, finding) for table in self.tables for finding in table.findings]
        return (*of_tables, *map(_placed, self.all_findings[len(of_tables):]))

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings of every table and training, then those of neither."""
        return (*(finding for table in self.tables for finding in table.findings),
                *(finding for training in self.trainings for finding in training.findings), *self.findings)


def _placed(finding: Finding) -> tuple[str, Finding]:
    sheet, _, cells = finding.cells.rpartition("!")
    return finding.sheet or sheet.strip("'"), replace(finding, cells=cells)


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that say the same of a quantity as one, with all its cells; what stands and belongs is the first's.

    What belongs there is not said where it is what stands there: then the finding is about what the formula reads.
    """
    together: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in _with_rows_named(findings):
        together.setdefault((finding.kind, finding.quantity, finding.slip, finding.severity), []).append(finding)
    whole = (
        found[0] if len(found) == 1 else replace(min(found, key=first_row), cells=_joined(f.cells for f in found))
        for found in together.values()
    )
    return tuple(replace(one, expected="") if one.formula == one.expected else one for one in whole)


_ABOVE = re.compile(r"(\d+) rows above|of the row above")


def _with_rows_named(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Findings that differ in nothing but how far above they read, told with the one row that all of them read.

    They are of formulas that were filled down with that row fixed, or typed so. An update is seen from the row above.
    """
    found = list(findings)
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in found:
        if _ABOVE.search(finding.slip) and ":" not in finding.cells and "," not in finding.cells:
            alike.setdefault((finding.kind, finding.quantity, finding.severity, _ABOVE.sub("", finding.slip)),
                             []).append(finding)
    said: dict[int, Finding] = {}
    for group in alike.values():
        rows = {first_row(f) - (f.kind == "update") - int(distance or 1)
                for f in group for distance in _ABOVE.findall(f.slip)}
        if len(group) > 1 and len(rows) == 1:
            told = _ABOVE.sub(f"of row {rows.pop()}", group[0].slip)
            said |= {id(finding): replace(finding, slip=told) for finding in group}
    return [said.get(id(finding), finding) for finding in found]


def first_row(finding: Finding) -> int:
    """The row of the first cell of a finding."""
    return int(re.findall(r"\d+", finding.cells)[0])


def _joined(cells: Iterable[str]) -> str:
    """Ranges of one column together."""
    areas = list(areas_of(", ".join(cells)))
    return cells_of(areas[-1][0][1], (row for (top, _), (bottom, _) in areas for row in range(top, bottom + 1)))


def cells_of(column: int, rows: Iterable[int]) -> str:
    """The cells of a column in ascending rows as ranges: `Z33:Z40, Z44`."""
    name = letters(column)
    ranges = []
    for _, run in groupby(enumerate(sorted(rows)), lambda pair: pair[1] - pair[0]):
        stretch = [row for _, row in run]
        ranges.append(f"{name}{stretch[0]}" if len(stretch) == 1 else f"{name}{stretch[0]}:{name}{stretch[-1]}")
    return ", ".join(ranges)
