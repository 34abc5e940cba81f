"""Where everything stands on the worksheet of an exercise: the table's rows, and the address of every quantity."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct

from derive.names import quantity
from sheets.building.layout import RATE, Column, Layout, checked_length, lay_out, update
from sheets.cells import absolute
from sheets.exercise.blanks import Blank
from sheets.exercise.exercise import Exercise
from sheets.formulas.emit import emit

SHEET = "Exercise"
NAME_CELL = "C4"
SCORE_CELL = "A5"
HINT_CELL = "A6"
LEGEND_CELL = "A7"
RATE_CELL = "C8"
MARKS_ROW = 9
HEADER_ROW = 10
FIRST_ROW = 11


class Place(Struct, frozen=True, dict=True):
    """The worksheet of an exercise: the task, the rate, the marks above the headers, the table, then the equations."""

    exercise: Exercise
    layout: Layout

    @classmethod
    def of(cls, exercise: Exercise) -> "Place":
        """The places of an exercise."""
        return cls(exercise, lay_out(exercise.walkthrough.network))

    @property
    def last_row(self) -> int:
        """The last row of the table."""
        return HEADER_ROW + self.exercise.rows

    @property
    def below(self) -> int:
        """Where the equations and the drawing begin."""
        return self.last_row + 3

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Every column by the name of its quantity."""
        return self.layout.by_name

    @cached_property
    def blanks(self) -> Mapping[str, Blank]:
        """The blank columns by name."""
        return MappingProxyType({blank.name: blank for blank in self.exercise.blanks})

    def cell(self, name: str, row: int) -> str:
        """The address of a quantity in a row of the sheet."""
        return f"{self.columns[name].letters}{row}"

    def first_blank_row(self, blank: Blank) -> int:
        """Where the student begins: the first row; for an update the second, below the start value."""
        return FIRST_ROW + (blank.kind == "update")

    def is_blank(self, name: str, row: int) -> bool:
        """Whether a cell is the student's."""
        return name in self.blanks and row >= self.first_blank_row(self.blanks[name])

    def content(self, name: str, row: int) -> str | float:
        """What belongs in a cell: a start value, or the right formula with `=`."""
        network = self.exercise.walkthrough.network
        if name in self.layout.formulas:
            here = {other: self.cell(other, row) for other in self.columns}
            return f"={checked_length(name, emit(self.layout.formulas[name], here))}"
        if row == FIRST_ROW:
            return float(self.exercise.start[name])
        if name in network.parameters:
            return f"={self.update(name, row)}"
        return f"={self.cell(name, row - 1)}"

    def update(self, name: str, row: int) -> str:
        """The update that gives a parameter's cell, without `=`."""
        slope = quantity(self.exercise.walkthrough.network.loss_name, name)
        above = {other: self.cell(other, row - 1) for other in (name, slope)}
        return emit(update(name, slope), {**above, RATE: absolute(RATE_CELL)})


