"""What is to be marked in a workbook: where, what is wrong, what stands there and what belongs there."""

from collections.abc import Iterator
from itertools import islice
from typing import Literal

from msgspec import Struct

from sheets.auditing import Report
from sheets.cells import letters
from sheets.references import Place, areas_of

Colour = Literal["wrong", "undecided", "fragile", "missing"]
_MOST_CELLS = 20_000


class Note(Struct, frozen=True):
    """One thing to be seen; `cells` is a range or several, empty where it is no cell of a sheet."""

    sheet: str
    cells: str
    quantity: str
    told: str
    stands: str = ""
    belongs: str = ""
    colour: Colour = "wrong"

    @property
    def text(self) -> str:
        """The comment: what is wrong, what stands, what belongs."""
        lines = [f"{self.quantity}: {self.told}" if self.told else self.quantity]
        lines += [f"stands: {self.stands}"] if self.stands else []
        lines += [f"belongs: {self.belongs}"] if self.belongs else []
        return "\n".join(lines)

    def places(self) -> Iterator[Place]:
        """(row, column) of every cell, the first that the note names first."""
        every = ((row, column) for (top, left), (bottom, right) in areas_of(self.cells)
                 for row in range(top, bottom + 1) for column in range(left, right + 1))
        return islice(every, _MOST_CELLS)


def address_of(place: Place) -> str:
    """Z33 for (33, 26)."""
    return f"{letters(place[1])}{place[0]}"


def notes_of(report: Report) -> tuple[Note, ...]:
    """The notes of an audit: every finding, and the refuted equalities in cells and comments."""
    first = report.tables[0].sheet if report.tables else ""
    found = [Note(sheet or first, f.cells if sheet or first else "", f.quantity, f.slip, f.formula, f.expected,
                  f.severity) for sheet, f in report.placed_findings]
    for text in report.texts:
        if text.checked.verdict == "refuted":
            sheet, mark, cell = text.where.rpartition("!")
            found.append(Note(sheet.strip("'"), cell if mark else "", text.checked.left or "a text",
                              text.checked.slip or "is not so", text.checked.text.strip(), text.checked.correct or "",
                              "fragile"))
    return tuple(found)
