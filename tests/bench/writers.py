"""Writing the same filled-down table: ours beside other writers, in one run.

    python -m tests.bench.writers [ROWS]

Six sheets of ROWS rows (default 1,000) and 31 columns, formulas and stored values, from rows computed beforehand. Each
writer runs five times in turn; the medians of the processor time and their ratios to ours are printed. openpyxl's
write-only mode and PyExcelerate cannot store a value beside a formula, so they write the formulas alone. Then what each
level of deflate costs and saves on one of our sheets: the floor under any writer.
"""

import statistics
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pyexcelerate
import xlsxwriter
from openpyxl.formula.translate import Translator

from derive.training import train_formulas
from derive.walkthrough import Walkthrough, load_walkthrough, with_changes
from sheets.building.curve import plotted
from sheets.building.frame import save_frame, tables_only
from sheets.building.front import Front
from sheets.building.layout import BARE, Layout, lay_out
from sheets.building.packing import pack
from sheets.building.summary import Summary

Table = list[list[float]]
RUNS = 5
NOTHING = Front(Summary((), {}, "", "", (), 0), (), ())
"""What stands on the first sheet here: the other writers write the tables alone, and so do we."""


def tables(walkthrough: Walkthrough, layout: Layout) -> dict[Decimal, Table]:
    """Every rate's rows in the order of the columns."""
    leaves = {name: float(value) for name, value in walkthrough.start.items()}
    names = [*leaves, *layout.formulas]
    places = [names.index(column.name) for column in layout.columns]
    return {
        rate: [[row[place] for place in places] for row in
               train_formulas(leaves, layout.formulas, layout.updates, float(rate), walkthrough.updates)]
        for rate in walkthrough.learning_rates
    }


def formulas(layout: Layout, rows: int) -> list[list[str | None]]:
    """The text of every cell's formula, None where a number is typed."""
    lines: list[list[str | None]] = []
    for row in range(BARE.first_row, BARE.first_row + rows):
        line: list[str | None] = []
        for column in layout.columns:
            master = BARE.first_row if column.computed else BARE.first_row + 1
            if row < master:
                line.append(None)
            else:
                text = Translator(f"={column.formula}", f"A{master}").translate_formula(f"A{row}")
                line.append(text)
        lines.append(line)
    return lines


def by_xlsxwriter(target: Path, layout: Layout, trained: dict[Decimal, Table], texts: list[list[str | None]]) -> None:
    """XlsxWriter, formulas and values."""
    book = xlsxwriter.Workbook(str(target))
    for rate, table in trained.items():
        sheet = book.add_worksheet(f"LR={rate}")
        sheet.write(BARE.rate_label, "Learning rate")
        sheet.write(BARE.rate_cell, float(rate))
        sheet.write_row(BARE.header_row - 1, 0, [column.header for column in layout.columns])
        for row, (line, values) in enumerate(zip(texts, table, strict=True), start=BARE.first_row - 1):
            for place, (text, value) in enumerate(zip(line, values, strict=True)):
                if text is None:
                    sheet.write_number(row, place, value)
                else:
                    sheet.write_formula(row, place, text, None, value)
    book.close()


def by_openpyxl(target: Path, layout: Layout, trained: dict[Decimal, Table], texts: list[list[str | None]]) -> None:
    """openpyxl's write-only mode, formulas without values."""
    book = openpyxl.Workbook(write_only=True)
    for rate, table in trained.items():
        sheet = book.create_sheet(f"LR={rate}")
        sheet.append([None, None, None, None, "Learning rate", None, float(rate)])
        sheet.append([column.header for column in layout.columns])
        for line, values in zip(texts, table, strict=True):
            sheet.append([value if text is None else text for text, value in zip(line, values, strict=True)])
    book.save(target)


def by_pyexcelerate(target: Path, layout: Layout, trained: dict[Decimal, Table], texts: list[list[str | None]]) -> None:
    """PyExcelerate, formulas without values."""
    book = pyexcelerate.Workbook()
    for rate, table in trained.items():
        cells: list[Sequence[object]] = [["", "", "", "", "Learning rate", "", float(rate)],
                                         [column.header for column in layout.columns]]
        cells += [[value if text is None else text for text, value in zip(line, values, strict=True)]
                  for line, values in zip(texts, table, strict=True)]
        book.new_sheet(f"LR={rate}", data=cells)
    book.save(str(target))


def levels(workbook: Path) -> list[tuple[int, float, int]]:
    """What each deflate level costs and saves on one of our sheets: level, milliseconds, bytes."""
    with zipfile.ZipFile(workbook) as archive:
        part = archive.read("xl/worksheets/sheet2.xml")
    lines = []
    for level in range(1, 10):
        taken = []
        for _ in range(RUNS):
            start = time.process_time()
            packed = zlib.compress(part, level)
            taken.append(time.process_time() - start)
        lines.append((level, statistics.median(taken) * 1000, len(packed)))
    return lines


def writers(rows: int, folder: Path) -> dict[str, Callable[[], None]]:
    """Each writer, ready to write the same table of `rows` rows a sheet."""
    walkthrough = with_changes(load_walkthrough("kanungo"), updates=rows - 1)
    layout, curve = lay_out(walkthrough.network), plotted(rows)
    trained, texts = tables(walkthrough, layout), formulas(layout, rows)
    ours, theirs = folder / "ours.xlsx", folder / "theirs.xlsx"

    def by_us() -> None:
        frame = save_frame(tables_only(walkthrough, layout), NOTHING, walkthrough, {})
        pack(ours, frame, layout, curve, trained.__getitem__)

    return {
        "derive-sheets": by_us,
        "XlsxWriter, with values": lambda: by_xlsxwriter(theirs, layout, trained, texts),
        "openpyxl write-only": lambda: by_openpyxl(theirs, layout, trained, texts),
        "PyExcelerate": lambda: by_pyexcelerate(theirs, layout, trained, texts),
    }


def measure(rows: int, folder: Path) -> dict[str, float]:
    """The median processor time of each writer, in seconds; the writers run in turn."""
    ready = writers(rows, folder)
    times: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(RUNS):
        for name, write in ready.items():
            start = time.process_time()
            write()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main(rows: int) -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        medians = measure(rows, Path(folder))
        for name, seconds in medians.items():
            print(f"{name:<26} {seconds:8.3f} s   {seconds / medians['derive-sheets']:6.1f} x ours")
        for level, milliseconds, size in levels(Path(folder, "ours.xlsx")):
            print(f"deflate level {level}: {milliseconds:7.1f} ms {size:>12,} bytes")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
