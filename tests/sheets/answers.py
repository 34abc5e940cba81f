"""Answers put into exercises as a student puts them: right ones, wrong ones, half of them."""

import subprocess
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import sympy as sp

from sheets.building.layout import RATE
from sheets.cells import absolute
from sheets.exercise.exercise import Exercise
from sheets.exercise.place import FIRST_ROW, MARKS_ROW, NAME_CELL, RATE_CELL, SHEET, Place
from sheets.exercise.sheet import exercise_bytes
from sheets.formulas.emit import emit
from tests.sheets.oracle import SOFFICE

Answers = Mapping[str, sp.Expr | float | str | None]
"""Blank column to a formula in the network's names, a number, or the text of a cell; None leaves it empty."""


def formula(place: Place, name: str, row: int, expression: sp.Expr) -> str:
    """A formula of a blank column in a row; an update reads the row above."""
    above = place.blanks[name].kind == "update"
    cells = {other: place.cell(other, row - above) for other in place.columns}
    return "=" + emit(expression, {**cells, RATE: absolute(RATE_CELL)})


def right_answers(exercise: Exercise) -> dict[str, str]:
    """Address to the right formula, for every blank cell."""
    place = Place.of(exercise)
    return {place.cell(name, row): str(place.content(name, row)) for name, blank in place.blanks.items()
            for row in range(place.first_blank_row(blank), place.last_row + 1)}


def answered(exercise: Exercise, answers: Answers, *, others: bool = True, rows: int | None = None) -> bytes:
    """The file with answers put in, in the first `rows` of each column; `others` puts the right ones in the rest."""
    place = Place.of(exercise)
    cells: dict[str, object] = dict(right_answers(exercise)) if others else {}
    for name, answer in answers.items():
        first = place.first_blank_row(place.blanks[name])
        for row in range(first, place.last_row + 1):
            here = answer
            if rows is not None and row >= first + rows:
                here = None
            elif isinstance(answer, sp.Basic):
                here = formula(place, name, row, answer)
            cells[place.cell(name, row)] = here
    return with_cells(exercise_bytes(exercise), cells)


def with_cells(file: bytes, cells: Mapping[str, object], name: str = "") -> bytes:
    """A file with other contents in some cells of its exercise."""
    book = openpyxl.load_workbook(BytesIO(file))
    for address, content in cells.items():
        book[SHEET][address] = content
    if name:
        book[SHEET][NAME_CELL] = name
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def recalculated(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """The files, each saved by LibreOffice, which computed it: one run for all of them."""
    assert SOFFICE is not None, "DERIVE_SHEETS_ORACLES=1, but LibreOffice (soffice) is not installed"
    given, made = folder / "given", folder / "made"
    given.mkdir(parents=True)
    made.mkdir()
    for name, file in files.items():
        (given / name).write_bytes(file)
    profile = (folder / "profile").resolve().as_uri()
    waiting = list(files)
    for _ in range(3):  # of many files one run may leave some out
        for start in range(0, len(waiting), 40):
            subprocess.run([SOFFICE, "--headless", f"-env:UserInstallation={profile}", "--convert-to",
                            "xlsx:Calc MS Excel 2007 XML", "--outdir", str(made),
                            *(str(given / name) for name in waiting[start : start + 40])],
                           check=True, capture_output=True, timeout=600)  # fmt: skip
        waiting = [name for name in files if not (made / name).exists()]
    assert not waiting, f"LibreOffice did not save {waiting[:3]}"
    return {name: made / name for name in files}


def marks(path: Path, exercise: Exercise) -> dict[str, str]:
    """The mark above each blank column, as stored in the file."""
    place = Place.of(exercise)
    sheet = openpyxl.load_workbook(path, data_only=True)[SHEET]
    return {name: str(sheet[f"{place.columns[name].letters}{MARKS_ROW}"].value) for name in place.blanks}


def score(path: Path) -> str:
    """The line that counts what is right."""
    return str(openpyxl.load_workbook(path, data_only=True)[SHEET]["A5"].value)


def anchored(exercise: Exercise, name: str, used: str) -> dict[str, str]:
    """The right formulas of a column with one of their cells anchored to the first row: `$` too many."""
    place = Place.of(exercise)
    cells = right_answers(exercise)
    first = place.first_blank_row(place.blanks[name])
    return {place.cell(name, row): cells[place.cell(name, row)].replace(
        place.cell(used, row), absolute(place.cell(used, FIRST_ROW))) for row in range(first, place.last_row + 1)}


def names_in(expressions: Iterable[sp.Expr]) -> list[str]:
    """The names in some expressions."""
    return sorted({part.name for expression in expressions for part in expression.free_symbols})
