"""The formulas of a workbook of ours recalculated by what is not ours: LibreOffice, `formulas`, HyperFormula."""

import json
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl

from derive.walkthrough import load_walkthrough, with_changes
from sheets.building.workbook import build

CLOSE = 1e-12
READERS = Path(__file__).parent.parent / "readers"
"""Where `npm install` is run for programs of others."""

Values = dict[tuple[str, str], float]


def stored(path: Path) -> Values:
    """The numbers that stand beside the formulas of a workbook."""
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found: Values = {}
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = values[sheet.title][cell.coordinate].value
                if cell.data_type == "f" and isinstance(value, int | float) and not isinstance(value, bool):
                    found[sheet.title, cell.coordinate] = float(value)
    return found


def by_libreoffice(path: Path) -> Values | None:
    """The values that LibreOffice gives; None where it is not installed."""
    if shutil.which("soffice") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder, "bare.xlsx")
        book = openpyxl.load_workbook(path)  # saved again, it has formulas and no values
        book.save(bare)
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
                        "xlsx:Calc MS Excel 2007 XML", "--outdir", f"{folder}/out", bare],
                       check=True, capture_output=True, timeout=300)  # fmt: skip
        values = openpyxl.load_workbook(Path(folder, "out", "bare.xlsx"), data_only=True)
        return dict(_numbers(values))


def _numbers(book: openpyxl.Workbook) -> Iterator[tuple[tuple[str, str], float]]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                    yield (sheet.title, cell.coordinate), float(cell.value)


def by_formulas(path: Path) -> Values | None:
    """The values that the package `formulas` gives; None where it is not installed."""
    try:
        import formulas
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found: Values = {}
    for key, value in solution.items():
        sheet, _, cell = str(key).strip("'").partition("]")[2].rpartition("'!")
        number = getattr(value, "value", [[None]])[0][0]
        if cell and ":" not in cell and isinstance(number, int | float):
            found[sheet.upper(), cell] = float(number)
    return found


def by_hyperformula(path: Path) -> Values | None:
    """The values that HyperFormula gives; None without node, or where it is not installed."""
    if shutil.which("node") is None or not (READERS / "node_modules" / "hyperformula").exists():
        return None
    book = openpyxl.load_workbook(path)
    sheets = {one.title: [[_typed(cell.value) for cell in row] for row in one.iter_rows()] for one in book.worksheets}
    script = ["node", READERS / "recalculate.mjs"]
    done = subprocess.run(script, input=json.dumps(sheets), capture_output=True, text=True, check=True)
    found: Values = {}
    for title, rows in json.loads(done.stdout).items():
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                if isinstance(value, int | float):
                    found[title, f"{openpyxl.utils.get_column_letter(c)}{r}"] = float(value)
    return found


def _typed(value: object) -> object:
    return value if isinstance(value, int | float | str | bool) or value is None else str(getattr(value, "text", value))


def disagreements() -> tuple[int, dict[str, tuple[int, list[str]]]]:
    """How many cells have a formula and a number; for each engine how many of them it has a number for, and those where
    the numbers differ.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kanungo.xlsx")
        build(with_changes(load_walkthrough("kanungo"), updates=40), path)
        ours = stored(path)
        engines: dict[str, Callable[[], Values | None]] = {
            "LibreOffice": lambda: by_libreoffice(path),
            "formulas": lambda: by_formulas(path),
            "HyperFormula": lambda: by_hyperformula(path),
        }
        found = {}
        for name, run in engines.items():
            theirs = run()
            if theirs is not None:
                found[name] = compared(ours, theirs)
    return len(ours), found


def compared(ours: Values, theirs: Values) -> tuple[int, list[str]]:
    """How many cells both have, and those that differ by more than 1e-12 of the largest in the column."""
    largest: dict[tuple[str, str], float] = {}
    for (sheet, cell), value in ours.items():
        column = sheet, cell.rstrip("0123456789")
        largest[column] = max(abs(value), largest.get(column, 0.0))
    both = 0
    apart = []
    for (sheet, cell), value in ours.items():
        other = theirs.get((sheet, cell), theirs.get((sheet.upper(), cell)))
        if other is None:
            continue
        both += 1
        if abs(value - other) > CLOSE * max(largest[sheet, cell.rstrip("0123456789")], 1e-300):
            apart.append(f"{sheet}!{cell}: {value} against {other}")
    return both, apart
