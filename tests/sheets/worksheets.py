"""Workbooks as people make them, small and made here: any layout, any headers, any slip of the hand."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import openpyxl
from msgspec import Struct, field
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.names import symbol
from sheets.auditing.book import Book, Content, Note, Place, Sheet
from sheets.cells import letters
from sheets.formulas.calculation import calculator
from sheets.formulas.recover import recover
from sheets.references import Reference, read_pattern, read_reference

ORDER = tuple(
    "t1 t2 i1 i2 w1 w2 w3 w4 h1 a_h1 h2 a_h2 w5 w6 w7 w8 o1 a_o1 o2 a_o2 E1 E2 E "
    "dE/dw1 dE/dw2 dE/dw3 dE/dw4 dE/dw5 dE/dw6 dE/dw7 dE/dw8".split()
)
HEADERS = {"E": "E_total"} | {f"dE/dw{n}": f"∂E/∂w{n}" for n in range(1, 9)}
START = {"t1": 0.01, "t2": 0.99, "i1": 0.05, "i2": 0.1, "w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4,
         "w6": 0.45, "w7": 0.5, "w8": 0.55}  # fmt: skip
_O1, _O2 = "({a_o1}-{t1})*{a_o1}*(1-{a_o1})", "({a_o2}-{t2})*{a_o2}*(1-{a_o2})"


def hidden(unit: int, first: str, second: str, given: str) -> str:
    """The gradient of a weight before hidden unit 1 or 2."""
    return f"({_O1}*{{{first}}}+{_O2}*{{{second}}})*{{a_h{unit}}}*(1-{{a_h{unit}}})*{{{given}}}"


# {w1} is a cell of the own row, {^w1} of the row above, {rate} the learning rate as referred to.
FORMULAS = {
    "h1": "{w1}*{i1}+{w2}*{i2}", "a_h1": "1/(1+EXP(-{h1}))", "h2": "{w3}*{i1}+{w4}*{i2}", "a_h2": "1/(1+EXP(-{h2}))",
    "o1": "{w5}*{a_h1}+{w6}*{a_h2}", "a_o1": "1/(1+EXP(-{o1}))", "o2": "{w7}*{a_h1}+{w8}*{a_h2}",
    "a_o2": "1/(1+EXP(-{o2}))", "E1": "0.5*({t1}-{a_o1})^2", "E2": "0.5*({t2}-{a_o2})^2", "E": "{E1}+{E2}",
    "dE/dw1": hidden(1, "w5", "w7", "i1"), "dE/dw2": hidden(1, "w5", "w7", "i2"),
    "dE/dw3": hidden(2, "w6", "w8", "i1"), "dE/dw4": hidden(2, "w6", "w8", "i2"),
    "dE/dw5": f"{_O1}*{{a_h1}}", "dE/dw6": f"{_O1}*{{a_h2}}", "dE/dw7": f"{_O2}*{{a_h1}}", "dE/dw8": f"{_O2}*{{a_h2}}",
}  # fmt: skip
UPDATES = {f"w{n}": f"{{^w{n}}}-{{rate}}*{{^dE/dw{n}}}" for n in range(1, 9)}


class Made(Struct, frozen=True):
    """What to make; every field is one way in which people's workbooks differ."""

    order: Sequence[str] = ORDER
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    start: Mapping[str, float] = field(default_factory=lambda: START)
    formulas: Mapping[str, str] = field(default_factory=lambda: FORMULAS)
    updates: Mapping[str, str] = field(default_factory=lambda: UPDATES)
    header_row: int = 32
    first_column: int = 1
    rows: int = 12
    rate_cell: str = "G31"
    rate: str = "$G$31"
    rate_value: float = 0.5
    cells: Mapping[str, Content | None] = field(default_factory=dict)
    sheet: str = "Sheet1"
    others: tuple[Sheet, ...] = ()
    notes: tuple[Note, ...] = ()
    stored: bool = True
    pasted: bool = False

    def at(self, name: str, row: int = 0) -> str:
        """The address of a quantity in the n-th row of the table."""
        return f"{letters(self.first_column + list(self.order).index(name))}{self.header_row + 1 + row}"

    def changed(self, **formulas: str) -> "Made":
        """With other formulas: `dE_dw3=` for dE/dw3."""
        return replace(self, formulas={**self.formulas, **{n.replace("dE_d", "dE/d"): f for n, f in formulas.items()}})


def make(made: Made) -> Book:
    """The workbook, its values computed."""
    written: dict[Place, Content] = {}
    for column, name in enumerate(made.order, start=made.first_column):
        written[made.header_row, column] = made.headers.get(name, name)
        for row in range(made.rows):
            content = _content(made, name, row)
            if content is not None:
                written[made.header_row + 1 + row, column] = content
    place = _place(made.rate_cell)
    written[place] = made.rate_value
    if place[1] > 1:
        written[place[0], place[1] - 1] = "η ="
    for address, content in made.cells.items():
        if content is None:
            written.pop(_place(address), None)
        else:
            written[_place(address)] = content
    sheet = Sheet(made.sheet, MappingProxyType(written), MappingProxyType({}))
    stored = _computed(sheet, made.others) if made.stored or made.pasted else {}
    if made.pasted:
        numbers = {place: stored.get(place, content) for place, content in written.items()}
        sheet = Sheet(made.sheet, MappingProxyType(numbers), MappingProxyType({}))
    else:
        sheet = Sheet(made.sheet, MappingProxyType(written), MappingProxyType(stored))
    return Book("made.xlsx", (sheet, *made.others), MappingProxyType({}), made.notes)


def save(book: Book, path: Path) -> Path:
    """The workbook as a file, without stored values."""
    file = openpyxl.Workbook()
    file.remove(file.worksheets[0])
    for sheet in book.sheets:
        made = file.create_sheet(sheet.name)
        for (row, column), content in sheet.written.items():
            made.cell(row, column, content)
    file.save(path)
    return path


def _content(made: Made, name: str, row: int) -> Content | None:
    formula = made.formulas.get(name) if name not in made.updates or row == 0 else None
    if name in made.updates and row > 0:
        formula = made.updates[name]
    if formula is None:
        return made.start.get(name)
    if "{^" in formula and row == 0:
        return made.start.get(name)
    return "=" + re.sub(r"\{(\^?)([^}]+)\}", lambda m: _reference(made, m[2], row - bool(m[1])), formula)


def _reference(made: Made, name: str, row: int) -> str:
    return made.rate if name == "rate" else made.at(name, row)


def _place(address: str) -> Place:
    reference = read_reference(address)
    return reference.row, reference.column


def _computed(sheet: Sheet, others: Sequence[Sheet]) -> dict[Place, Content]:
    """The value of every formula, each computed when first needed."""
    values: dict[tuple[str, Place], float | None] = {}
    by_name = {other.name: other for other in (sheet, *others)}

    def value(name: str, place: Place) -> float | None:
        key = name, place
        if key not in values:
            content = by_name[name].written.get(place)
            values[key] = None
            if isinstance(content, str) and content.startswith("="):
                values[key] = compute(name, content, place[0])
            elif isinstance(content, (int, float)):
                values[key] = float(content)
        return values[key]

    def compute(name: str, formula: str, row: int) -> float:
        relative = read_pattern(formula, row, 1).at(_FAR, 1)
        places = [(r.sheet or name, (r.row if r.row < _FAR // 2 else r.row - _FAR + row, r.column))
                  for r in _referred(relative)]
        numbers = [value(*place) for place in places]
        calculate = _calculator(relative, tuple(number is None for number in numbers))
        return math.nan if calculate is None else calculate([number or 0.0 for number in numbers])

    for place in sorted(sheet.written):
        value(sheet.name, place)
    return {
        place: "#VALUE!" if math.isnan(number) else number for (name, place), number in values.items()
        if name == sheet.name and number is not None and sheet.formula(place) is not None
    }


_FAR = 100_000
"""The row to which formulas are filled down before they are read, so that those of a column are one."""


@cache
def _referred(formula: str) -> tuple[Reference, ...]:
    """The cells that a formula reads, those of its ranges too; none of one that is not understood."""
    found: dict[Reference, None] = {}

    def cell(reference: Reference) -> object:
        found[reference] = None
        return symbol(_label(reference))

    try:
        recover(formula, cell)
    except DeriveError:
        return ()
    return tuple(found)


@cache
def _calculator(formula: str, empty: tuple[bool, ...]) -> Callable[[Sequence[float]], float] | None:
    """The value of a formula from the numbers of its cells, some of them empty; None where it is not understood.

    Kept, since most workbooks made here share most of their formulas.
    """
    cells = _referred(formula)
    absent = {reference for reference, is_empty in zip(cells, empty, strict=True) if is_empty}
    try:
        expression = recover(formula, lambda cell: None if cell in absent else symbol(_label(cell)))
    except DeriveError:
        return None
    return calculator(expression, [_label(reference) for reference in cells])


def _label(reference: Reference) -> str:
    return f"{reference.sheet}!{reference.row},{reference.column}"
