"""References of formulas: `$G$31`, and a formula seen from the cell in which it stands.

Two cells hold the same relative formula when one is the other copied; a `Pattern` is that formula.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct

from sheets.cells import MOST_COLUMNS, MOST_ROWS, letters

_letters = cache(letters)


@cache
def column_number(column: str) -> int:
    """A -> 1, aa -> 27."""
    number = 0
    for letter in column.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


Place = tuple[int, int]
"""Row and column."""


def place_of(address: str) -> Place:
    """`$Z$33` as row and column."""
    bare = address.replace("$", "")
    column = bare.rstrip("0123456789")
    return int(bare[len(column) :]), column_number(column)


def areas_of(cells: str) -> Iterator[tuple[Place, Place]]:
    """The first and the last place of each of some ranges, `Z33:Z40, Step!B4`."""
    for piece in cells.split(", "):
        first, _, last = piece.rpartition("!")[2].partition(":")
        if first:
            yield place_of(first), place_of(last or first)


class Cell(Struct, frozen=True, order=True):
    """One cell of a workbook: rows and columns count from 1; cells are in order by sheet, row, column."""

    sheet: str
    row: int
    column: int

    @property
    def address(self) -> str:
        """`Z33`."""
        return f"{letters(self.column)}{self.row}"


class Reference(Struct, frozen=True):
    """A reference as written: `sheet` is None for the formula's own, and `$` fixes the row or the column."""

    sheet: str | None
    row: int
    column: int
    row_fixed: bool = False
    column_fixed: bool = False

    def cell(self, home: str) -> Cell:
        """The cell meant by a formula on the sheet `home`."""
        return Cell(self.sheet if self.sheet is not None else home, self.row, self.column)

    def at(self, row: int | str, column: int) -> str:
        """The address of another row and column, fixed as this one is."""
        return f"{'$' if self.column_fixed else ''}{_letters(column)}{'$' if self.row_fixed else ''}{row}"


_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]+)\Z")


def read_reference(text: str, sheet: str | None = None) -> Reference:
    """`$G$31` as a Reference; ValueError where it is no cell of a sheet."""
    match = _CELL.match(text)
    if match is None:
        raise ValueError(f"{text} is not a cell")
    column_fixed, column, row_fixed, row = match.groups()
    found = Reference(sheet, int(row), column_number(column), bool(row_fixed), bool(column_fixed))
    if not (1 <= found.row <= MOST_ROWS and found.column <= MOST_COLUMNS):
        raise ValueError(f"{text} is not a cell")
    return found


def sheet_name(prefix: str) -> str:
    """`'LR = 1'!` or `Rates!` without its quotes and its exclamation mark."""
    name = prefix.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


# Text and sheet prefixes are matched first, so that nothing inside them is taken for a cell.
_PIECE = re.compile(
    r'"(?:[^"]|"")*"'
    r"|(?P<sheet>(?:'(?:[^']|'')+'|(?:\[\d+\])?[^\W\d][\w.]*)!)?"
    r"(?<![\w.$])(?P<cell>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6})(?![\w.(!])"
)


_COPY = re.compile(r"=\s*\+?\s*(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?\s*")


def _found(text: str) -> Iterator[tuple[re.Match[str], str | None]]:
    """The references of a formula with the names of their sheets; both ends of a range are on the one written first."""
    end, sheet = 0, None
    for match in _PIECE.finditer(text):
        if match["cell"] is not None:
            if match["sheet"]:
                sheet = sheet_name(match["sheet"])
            elif text[end : match.start()] != ":":
                sheet = None
            yield match, sheet
        end = match.end()


class Pattern(Struct, frozen=True):
    """A formula seen from its cell, so that two cells have the same one where each is the other copied.

    Between the literal pieces stand references, their rows and columns as offsets unless fixed.
    """

    literals: tuple[str, ...]
    references: tuple[Reference, ...]

    def at(self, row: int, column: int) -> str:
        """The formula's text as it stands in a cell; #REF! for what leaves the sheet."""
        text = [self.literals[0]]
        for r, literal in zip(self.references, self.literals[1:], strict=True):
            there_row = r.row if r.row_fixed else row + r.row
            there_column = r.column if r.column_fixed else column + r.column
            if there_row < 1 or there_column < 1:
                text.append("#REF!")
            else:
                text.append(r.at(there_row, there_column))
            text.append(literal)
        return "".join(text)

    @property
    def is_copy(self) -> bool:
        """Whether it only repeats one cell, of its own sheet or another."""
        return len(self.references) == 1 and _COPY.fullmatch("".join(self.literals)) is not None

    def cells(self, sheet: str, row: int, column: int) -> tuple[Cell, ...]:
        """The cells that the formula reads when it stands in a cell of `sheet`, in the order written."""
        return tuple(
            Cell(sheet if r.sheet is None else r.sheet, r.row if r.row_fixed else row + r.row,
                 r.column if r.column_fixed else column + r.column)
            for r in self.references
        )

    def areas(self, sheet: str, row: int, column: int) -> Iterator["Area"]:
        """The areas that the formula reads when it stands in a cell of `sheet`, in the order written."""
        corners = self.cells(sheet, row, column)
        place = 0
        while place < len(corners):
            is_range = place + 1 < len(corners) and self.literals[place + 1] == ":"
            one, other = corners[place], corners[place + is_range]
            rows, columns = sorted((one.row, other.row)), sorted((one.column, other.column))
            yield Area(Cell(one.sheet, rows[0], columns[0]), Cell(one.sheet, rows[1], columns[1]), is_range)
            place += 1 + is_range


class Area(Struct, frozen=True):
    """A rectangle of cells of a sheet, by its first and its last cell; a cell that is read by itself is no range."""

    first: Cell
    last: Cell
    is_range: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.last.row - self.first.row + 1, self.last.column - self.first.column + 1

    @property
    def size(self) -> int:
        """How many cells it has."""
        return self.shape[0] * self.shape[1]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its cells, row by row."""
        return tuple(Cell(self.first.sheet, row, column) for row in range(self.first.row, self.last.row + 1)
                     for column in range(self.first.column, self.last.column + 1))

    @property
    def address(self) -> str:
        """`B2:B9`."""
        return f"{self.first.address}:{self.last.address}"


def read_pattern(text: str, row: int, column: int) -> Pattern:
    """The pattern of a formula that stands in a cell."""
    literals: list[str] = []
    references: list[Reference] = []
    end = 0
    for match, sheet in _found(text):
        found = read_reference(match["cell"], sheet)
        literals.append(text[end : match.start("cell")])
        end = match.end()
        references.append(Reference(sheet, found.row if found.row_fixed else found.row - row,
                                    found.column if found.column_fixed else found.column - column,
                                    found.row_fixed, found.column_fixed))
    return Pattern((*literals, text[end:]), tuple(references))


def with_references(text: str, put: Callable[[Reference], str]) -> str:
    """A formula with the address that `put` gives in place of each of its references; sheets' names stay."""
    def written(match: re.Match[str]) -> str:
        if match["cell"] is None:
            return match[0]
        sheet = sheet_name(match["sheet"]) if match["sheet"] else None
        return (match["sheet"] or "") + put(read_reference(match["cell"], sheet))

    return _PIECE.sub(written, text)
