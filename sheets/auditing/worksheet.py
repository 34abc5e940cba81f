"""Reads the cells of one sheet in one pass over its XML: what is written in each, and what was stored with it.

A shared formula stands once, at the first of its cells; in the others stands its pattern.
"""

from collections.abc import Sequence
from typing import IO

from msgspec import Struct

from derive.errors import DeriveError
from sheets.auditing.book import Content, Place
from sheets.auditing.xml import stream
from sheets.references import Pattern, areas_of, place_of, read_pattern

_MOST_CELLS = 3_000_000
_MOST_ARRAY = 10_000


class Cells(Struct, frozen=True):
    """The cells of a sheet: formulas with their `=`, `arrays` the ranges of array formulas by their first cells."""

    written: dict[Place, Content | Pattern]
    stored: dict[Place, Content]
    arrays: dict[Place, str]


def read_cells(part: IO[bytes], name: str, strings: Sequence[str]) -> Cells:
    """The cells of the sheet in `part`; `strings` are the workbook's shared ones."""
    reader = _Reader(strings)
    stream(part, name, reader.opened, reader.closed)
    for place, entry in reader.entries.items():
        reader.written.setdefault(place, entry)
    return Cells(reader.written, reader.stored, reader.arrays)


class _Reader:
    """What is known of the cell that is being read."""

    def __init__(self, strings: Sequence[str]) -> None:
        self.written: dict[Place, Content | Pattern] = {}
        self.stored: dict[Place, Content] = {}
        self.arrays: dict[Place, str] = {}
        self._strings = strings
        self._shared: dict[str, Pattern] = {}
        self._row = self._column = 0
        self._kind = "n"
        self._formula: str | None = None
        self._attributes: dict[str, str] = {}
        self._value: str | None = None
        self._inside = False
        self.entries: dict[Place, str] = {}

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            address = attributes.get("r")
            if address is None:
                self._column += 1
            else:
                self._row, self._column = place_of(address)
            self._kind = attributes.get("t", "n")
            self._formula = self._value = None
            self._inside = True
        elif tag == "f":
            self._attributes = attributes
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0

    def closed(self, tag: str, text: str) -> None:
        if not self._inside:
            return
        if tag == "v":
            self._value = text
        elif tag == "f":
            self._formula = text
        elif tag == "t":
            self._value = text if self._value is None else self._value + text
        elif tag == "c":
            self._inside = False
            self._cell()

    def _cell(self) -> None:
        place = self._row, self._column
        value = self._content()
        formula = self._formula
        if formula is None and place in self.entries:
            self.written[place] = self.entries[place]
        elif formula is None:
            if value is not None:
                self.written[place] = f"'{value}" if isinstance(value, str) and value.startswith("=") else value
            return
        elif self._attributes:
            self._special(place, formula)
        elif formula:
            self.written[place] = f"={formula}"
        if value is not None and place in self.written:
            self.stored[place] = value
        if len(self.written) > _MOST_CELLS:
            raise DeriveError("", f"has more than {_MOST_CELLS:,} cells on a sheet, too many to be read")

    def _special(self, place: Place, formula: str) -> None:
        """A formula with attributes: shared, of an array, of a data table."""
        kind = self._attributes.get("t", "normal")
        if kind == "shared":
            number = self._attributes.get("si", "")
            if formula:
                self._shared[number] = read_pattern(f"={formula}", *place)
                self.written[place] = f"={formula}"
            elif number in self._shared:
                self.written[place] = self._shared[number]
        elif kind == "array":
            self._array(place, formula, self._attributes.get("ref") or "")
        elif kind == "dataTable":
            self.written[place] = "=TABLE()"
        elif formula:
            self.written[place] = f"={formula}"

    def _array(self, place: Place, formula: str, span: str) -> None:
        """Each cell of an array formula shows one entry, `=INDEX(…,row,column)`."""
        (top, left), (bottom, right) = next(areas_of(span), (place, place))
        if (top, left) == (bottom, right):
            self.written[place] = f"={formula}"
            return
        if (bottom - top + 1) * (right - left + 1) > _MOST_ARRAY:
            raise DeriveError("", f"the array formula in {span} has more than {_MOST_ARRAY:,} cells")
        self.arrays[place] = span
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.entries[row, column] = f"=INDEX({formula},{row - top + 1},{column - left + 1})"
        self.written[place] = self.entries[place]

    def _content(self) -> Content | None:
        """The value of the cell by its type; None where there is none."""
        value, kind = self._value, self._kind
        if value is None:
            return None
        if kind == "n":
            if not value.strip():
                return None
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        if kind == "s":
            return self._strings[int(value)]
        if kind == "b":
            return value.strip() in ("1", "true")
        return value
