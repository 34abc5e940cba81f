"""The first sheet as paper: cells added row by row, as pure data."""

from collections.abc import Callable, Mapping
from math import ceil

from msgspec import Struct

from sheets.building.curve import Watched
from sheets.cells import letters

FRONT_SHEET = "Summary"
WIDTHS = (43.0, *(12.8,) * 8)
"""Of the columns from A on, in characters."""
ROW_HEIGHT = 15.0

Seen = Mapping[str, Watched]
"""What was seen of each sheet's training, by the sheet's name."""


class Live(Struct, frozen=True):
    """A formula, and its value once the training is known."""

    formula: str
    value: Callable[[Seen], float | str]


class Cell(Struct, frozen=True):
    """One cell: its content as text, number or formula, the name of its look, how many columns it spans."""

    address: str
    content: str | float | Live
    look: str = "text"
    span: int = 1


class Page:
    """Cells added row by row."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.heights: dict[int, float] = {}
        self.breaks: list[int] = []
        self.row = 1

    def add(self, *contents: str | float | Live, look: str = "text") -> None:
        """A row of contents from column A on."""
        for column, content in enumerate(contents, start=1):
            self.put(column, content, look)
        self.row += 1

    def put(self, column: int, content: str | float | Live, look: str, span: int = 1) -> None:
        """One cell of the row."""
        self.cells.append(Cell(f"{letters(column)}{self.row}", content, look, span))

    def section(self, heading: str, new_page: bool = False) -> None:
        """A heading over the whole width, a free row above it."""
        if new_page:
            self.breaks.append(self.row)
        self.row += 1
        self.put(1, heading, "heading", len(WIDTHS))
        self.heights[self.row] = 1.4 * ROW_HEIGHT
        self.row += 1

    def high(self, lines: int) -> None:
        """The row is so many lines high."""
        if lines > 1:
            self.heights[self.row] = ROW_HEIGHT * lines


def lines(text: str, width: float) -> int:
    """About how many lines a wrapped text needs; one more than too few. Letters take 0.87 of the room of a digit."""
    return max(1, ceil(0.92 * len(text) / width))
