"""Writes a walkthrough's workbook: openpyxl the frame and the first rows, the fill-down the rest."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from derive.chain import derive_gradients
from derive.errors import DeriveError
from derive.training import train
from derive.walkthrough import Walkthrough
from sheets.cells import quoted
from sheets.charts import loss_chart, with_points
from sheets.filldown import Fill, fill_down
from sheets.layout import FIRST_ROW, HEADER_ROW, RATE_CELL, RATE_LABEL, Layout, lay_out
from sheets.target import marked, replacing

LOSS_SHEET = "Loss"
_HEADER_FILL = PatternFill("solid", fgColor="FFDDE6F0")
_START_FONT = Font(color="FF1F4E9E")
_LINE = Side(style="thin", color="FF8EA3BC")
_VALUE_FORMAT = "0.00000000"
_WIDTH = 12.5
_LEVEL = 2  # of deflate: a third of level 6's time for a tenth more bytes (python -m tests.bench.writers)


@dataclass(frozen=True)
class Built:
    """What was written: the file, and for each rate its sheet with the first and the last loss."""

    path: Path
    rows: int
    sheets: tuple[tuple[str, float, float], ...]


def build(walkthrough: Walkthrough, target: Path, *, force: bool = False) -> Built:
    """Write the workbook of a walkthrough to `target`, one sheet a learning rate, live formulas with stored values.

    The file appears complete or not at all. DeriveError where the target may not be written: its folder is missing,
    it is read-only, or it is somebody's own file and `force` is not set.
    """
    if walkthrough.batch is not None:
        raise DeriveError(walkthrough.name, f"{len(walkthrough.batch.rows)} samples", "a table is built for one sample")
    layout = lay_out(walkthrough.network, derive_gradients(walkthrough.network))
    with replacing(target, force=force) as written:
        losses = write(written, walkthrough, layout, lambda rate: trained(rate, walkthrough, layout))
    return Built(target, walkthrough.updates + 1, tuple((sheet, line[0], line[-1]) for sheet, line in losses.items()))


def write(
    target: Path, walkthrough: Walkthrough, layout: Layout, rows: Callable[[Decimal], Iterable[Sequence[float]]]
) -> Mapping[str, Sequence[float]]:
    """Write the workbook's parts to `target` with the rows of each rate; gives each sheet's losses."""
    return _fill(_frame(walkthrough, layout), target, walkthrough, layout, rows)


def trained(rate: Decimal, walkthrough: Walkthrough, layout: Layout) -> Iterator[Sequence[float]]:
    """The rows of one learning rate, one at a time, in the order of the columns."""
    leaves = {name: float(value) for name, value in walkthrough.start.items()}
    names = (*leaves, *layout.formulas)
    in_columns = itemgetter(*(names.index(column.name) for column in layout.columns))
    for row in train(leaves, layout.formulas, layout.updates, float(rate), walkthrough.updates):
        yield in_columns(row)


def sheet_name(rate: Decimal) -> str:
    """`LR=0.1`, with the digits as they were typed."""
    return f"LR={rate:f}"


def _frame(walkthrough: Walkthrough, layout: Layout) -> bytes:
    """The workbook with headers, styles, charts and the first two rows of every table, as openpyxl saves it."""
    workbook = Workbook()
    front: Worksheet = workbook.active
    front.title = LOSS_SHEET
    workbook.properties.creator = "derive-sheets"
    workbook.properties.title = walkthrough.title
    for rate in walkthrough.learning_rates:
        _rate_sheet(workbook.create_sheet(sheet_name(rate)), rate, walkthrough, layout)
    _loss_sheet(front, walkthrough, layout)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def _rate_sheet(sheet: Worksheet, rate: Decimal, walkthrough: Walkthrough, layout: Layout) -> None:
    """Headers, the rate, and two rows that carry the styles; the fill-down writes what stands in them."""
    sheet[RATE_LABEL] = "Learning rate"
    sheet[RATE_LABEL].font = sheet[RATE_CELL].font = Font(bold=True)
    sheet[RATE_CELL] = float(rate)
    for column in layout.columns:
        header = sheet[f"{column.letters}{HEADER_ROW}"]
        header.value = column.header
        header.font, header.fill = Font(bold=True), _HEADER_FILL
        header.alignment, header.border = Alignment(horizontal="center"), Border(bottom=_LINE)
        for row in (FIRST_ROW, FIRST_ROW + 1):
            cell = sheet[f"{column.letters}{row}"]
            cell.value = 0
            if row == FIRST_ROW and not column.computed:
                cell.font = _START_FONT
            if column.name in layout.formulas or column.name in layout.updates:
                cell.number_format = _VALUE_FORMAT
        sheet.column_dimensions[column.letters].width = _WIDTH
    sheet.freeze_panes = f"A{FIRST_ROW}"


def _loss_sheet(sheet: Worksheet, walkthrough: Walkthrough, layout: Layout) -> None:
    """The loss chart, and the update numbers under its axis."""
    rows = walkthrough.updates + 1
    sheet["A1"] = "Update"
    sheet["A1"].font = Font(bold=True)
    for update in range(rows):
        sheet.cell(update + 2, 1, update)
    lines = {
        sheet_name(rate): f"{quoted(sheet_name(rate))}!{layout.range_of(layout.loss, walkthrough.updates)}"
        for rate in walkthrough.learning_rates
    }
    sheet.add_chart(loss_chart(f"{layout.loss} after each update", lines, sheet, rows), "C2")


def _fill(
    frame: bytes, target: Path, walkthrough: Walkthrough, layout: Layout,
    rows: Callable[[Decimal], Iterable[Sequence[float]]],
) -> Mapping[str, Sequence[float]]:
    """Copy the frame part by part, filling the tables down and the charts' caches in; gives each sheet's losses."""
    losses: dict[str, list[float]] = {}
    fill = Fill(layout.columns, FIRST_ROW, walkthrough.updates + 1)
    loss = layout.columns.index(layout.by_name[layout.loss])
    packed = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
    with zipfile.ZipFile(io.BytesIO(frame)) as source, packed as out:
        rate_sheets = {f"xl/worksheets/sheet{place}.xml": rate
                       for place, rate in enumerate(walkthrough.learning_rates, start=2)}
        parts = sorted(source.namelist(), key=lambda part: "/charts/" in part)  # their caches need the trained values
        for part in parts:
            text = source.read(part)
            with out.open(part, "w", force_zip64=part in rate_sheets) as stream:
                if part in rate_sheets:
                    rate = rate_sheets[part]
                    line = losses[sheet_name(rate)] = []
                    for piece in fill_down(text.decode(), fill, _noting(rows(rate), loss, line)):
                        stream.write(piece.encode())
                elif part.startswith("xl/charts/chart"):
                    stream.write(with_points(text.decode(), _points(losses, walkthrough, layout)).encode())
                elif part == "docProps/app.xml":
                    stream.write(marked(text))
                else:
                    stream.write(text)
    return losses


def _noting(rows: Iterable[Sequence[float]], place: int, noted: list[float]) -> Iterator[Sequence[float]]:
    """The rows as they come, the value at `place` of each noted on the way."""
    for row in rows:
        noted.append(row[place])
        yield row


def _points(
    losses: Mapping[str, Sequence[float]], walkthrough: Walkthrough, layout: Layout
) -> dict[str, Sequence[float]]:
    """Chart reference to its values."""
    of_loss = layout.range_of(layout.loss, walkthrough.updates)
    lines = {f"{quoted(sheet)}!{of_loss}": line for sheet, line in losses.items()}
    return {**lines, f"{quoted(LOSS_SHEET)}!$A$2:$A${walkthrough.updates + 2}": range(walkthrough.updates + 1)}
