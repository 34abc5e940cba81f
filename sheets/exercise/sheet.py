"""The file of an exercise: the worksheet with its empty columns, by openpyxl, and the sheet that checks it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

from derive.text import as_text
from sheets.building.charts import network_chart, put_chart
from sheets.building.looks import STYLE, across_pages, add_looks, page_ends, pages_across, powers_where, put_on_page
from sheets.building.sketch import Drawn, sketch
from sheets.building.stored import store_values
from sheets.building.target import marked, replacing
from sheets.cells import absolute, letters, quoted
from sheets.exercise.blanks import KINDS, PLURALS
from sheets.exercise.checks import CHECK_SHEET, check_cells, code_cell, on_check, states
from sheets.exercise.exercise import Exercise
from sheets.exercise.place import (
    FIRST_ROW,
    HEADER_ROW,
    HINT_CELL,
    LEGEND_CELL,
    MARKS_ROW,
    NAME_CELL,
    RATE_CELL,
    SCORE_CELL,
    SHEET,
    Place,
)
from sheets.exercise.values import shown_digits, stored_values

LEGEND = ("✓ right in every row     ✗ wrong, or rounded     ↓ right in the first row only     "
          "# right, but a number instead of a formula     … nothing yet, or not yet to be judged")
_HINT = "↓ The formula does not hold below the first row: a $ too many or too few, or the wrong neuron."
_ANSWER = PatternFill("solid", fgColor="FFFFF9DB")
_RULE = Side(style="thin", color="FFD9C97A")
_OPEN = Protection(locked=False)
_COLORS = {"✓": ("FF1E6B34", "FFDFF2E3"), "✗": ("FF9C1C1C", "FFFBDFDF"), "↓": ("FF8A5A00", "FFFFEBC2"),
           "#": ("FF8A5A00", "FFFFEBC2")}
_DRAWING_COLUMN = "G"


def write_exercise(exercise: Exercise, target: Path, *, solved: bool = False, force: bool = False) -> None:
    """Write an exercise, or its solution; the file appears complete or not at all.

    DeriveError where the target may not be written, or a formula is too long for a cell.
    """
    with replacing(target, force=force) as beside:
        beside.write_bytes(exercise_bytes(exercise, solved=solved))


def exercise_bytes(exercise: Exercise, *, solved: bool = False) -> bytes:
    """The file, its formulas with the values that they have before anything is filled in, or when all is."""
    place = Place.of(exercise)
    workbook = Workbook()
    add_looks(workbook)
    workbook.properties.creator = "derive-sheets"
    workbook.properties.title = f"Exercise: {exercise.walkthrough.title}"
    sheet = workbook.active
    sheet.title = SHEET
    check = workbook.create_sheet(CHECK_SHEET)
    check.sheet_state = "veryHidden"
    _head(sheet, place, solved)
    _table(sheet, place, solved)
    _marks(sheet, place)
    for address, content in check_cells(place):
        check[address] = content
    _drawing(sheet, check, place)
    _closing(sheet, place)
    workbook.calculation.fullCalcOnLoad = True
    saved = io.BytesIO()
    workbook.save(saved)
    return _with_values(saved.getvalue(), {**stored_values(place, solved), **_said(place, solved)})


def _with_values(saved: bytes, values: dict[str, float | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            text = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = store_values(text.decode(), values).encode()
            elif part == "docProps/app.xml":
                text = marked(text)
            target.writestr(zipfile.ZipInfo(part), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _put(sheet: Worksheet, address: str, content: str | float, look: str = "text") -> None:
    sheet[address] = content
    sheet[address].style = STYLE.format(look)
    if isinstance(content, str) and not content.startswith("="):
        sheet[address].data_type = "s"


def task(place: Place) -> tuple[str, str]:
    """What is to be done, in two sentences."""
    kinds = {blank.kind for blank in place.exercise.blanks}
    first = FIRST_ROW
    begin = (f"row {first + 1}" if kinds == {"update"} else f"row {first}" if "update" not in kinds
             else f"row {first} (an update's in row {first + 1}, from the row above)")
    return (
        f"Write the formula of each yellow column in its first row, {begin}, and fill it down to row {place.last_row}.",
        "Above the column stands ✓ as soon as it is right in every row; everything else is locked.",
    )


def _head(sheet: Worksheet, place: Place, solved: bool) -> None:
    exercise = place.exercise
    kind = "Solution" if solved else "Exercise"
    _put(sheet, "A1", f"{kind}: {exercise.walkthrough.title}", "title")
    sheet.row_dimensions[1].height = 27
    for row, sentence in enumerate(task(place), start=2):
        _put(sheet, f"A{row}", sentence)
    _put(sheet, "A4", "Name", "strong")
    for column in "CDEF":
        cell = sheet[f"{column}4"]
        cell.fill, cell.protection = _ANSWER, _OPEN
        cell.border = Border(bottom=_RULE)
    sheet.merge_cells(f"{NAME_CELL}:F4")
    if exercise.student is not None:
        sheet[NAME_CELL] = exercise.student.name
        sheet[NAME_CELL].data_type = "s"
    _put(sheet, SCORE_CELL, "=" + '&", "&'.join(_scores(place)), "strong")
    for again in _score_again(place):
        _put(sheet, again, f"={SCORE_CELL}", "strong")
    _put(sheet, HINT_CELL, f'=IF({_slid(place)}>0,"{_HINT}","")', "quiet")
    _put(sheet, LEGEND_CELL, LEGEND, "quiet")
    network = exercise.walkthrough.network
    for row, node in enumerate(network.nodes, start=place.below):
        _put(sheet, f"A{row}", f"{node.name} = {as_text(node.expression)}")
    after = place.below + len(network.nodes)
    for row, (alias, name) in enumerate(network.aliases, start=after):
        _put(sheet, f"A{row}", f"{alias} is short for {name}.", "quiet")
    weight = network.parameters[0]
    slope = place.columns[place.layout.updates[weight]].header
    _put(sheet, f"A{after + len(network.aliases)}", f"Update: {weight} becomes {weight} - learning rate * {slope}")
    _put(sheet, f"A{RATE_CELL[1:]}", "Learning rate", "strong")
    _put(sheet, RATE_CELL, float(exercise.rate), "strong")


def _score_again(place: Place) -> tuple[str, ...]:
    """Above the first mark, where the score is seen beside the columns that are being filled; unless the rate is.

    Further to the left, where it would be cut at the edge of a printed page.
    """
    columns = [column.name for column in place.layout.columns]
    shown = shown_digits(place)
    widths = [shown[name].width for name in columns]
    first = columns.index(place.exercise.blanks[0].name)
    end = next(end for end in page_ends(widths, across_pages(widths)) if end > first)
    longest = len(_score(place, solved=True))
    at = next((at for at in range(first, 0, -1) if sum(widths[at:end]) >= longest), 0)
    return () if at < _AFTER_RATE else (f"{letters(at + 1)}{MARKS_ROW - 1}",)


_AFTER_RATE = 4
"""How many columns the learning rate and what it is called stand in."""


def _scores(place: Place) -> Iterator[str]:
    """For each kind of blank how many columns are right, as pieces of a formula: `COUNTIF(…,1)&" of 8 gradients"`."""
    for kind in KINDS:
        numbers = [number for number, blank in enumerate(place.exercise.blanks) if blank.kind == kind]
        if numbers:
            area = on_check(f"{code_cell(numbers[0])}:{code_cell(numbers[-1])}")
            yield f'COUNTIF({area},1)&" of {len(numbers)} {PLURALS[kind]} right"'


def _slid(place: Place) -> str:
    return f"COUNTIF({on_check(f'{code_cell(0)}:{code_cell(len(place.exercise.blanks) - 1)}')},4)"


def _table(sheet: Worksheet, place: Place, solved: bool) -> None:
    shown = shown_digits(place)
    for column in place.layout.columns:
        header, how = f"{column.letters}{HEADER_ROW}", shown[column.name]
        _put(sheet, header, column.header, "table heading")
        sheet.column_dimensions[column.letters].width = how.width
        typed = column.name in place.exercise.walkthrough.network.leaves
        for row in range(FIRST_ROW, place.last_row + 1):
            address = place.cell(column.name, row)
            is_blank = place.is_blank(column.name, row)
            look = "start" if typed and row == FIRST_ROW else "given" if typed and (
                column.name not in place.layout.updates) else "value"
            if solved or not is_blank:
                _put(sheet, address, place.content(column.name, row), look)
            else:
                sheet[address].style = STYLE.format(look)
            if look == "value":
                sheet[address].number_format = how.format
            if is_blank:
                sheet[address].fill, sheet[address].protection = _ANSWER, _OPEN
                sheet[address].border = Border(left=_RULE, right=_RULE, top=_RULE, bottom=_RULE)
        powers_where(sheet, f"{place.cell(column.name, FIRST_ROW)}:{place.cell(column.name, place.last_row)}", how)


def _marks(sheet: Worksheet, place: Place) -> None:
    """Above each blank column its mark, colored; LibreOffice and Google Sheets know the same three rules."""
    for number, blank in enumerate(place.exercise.blanks):
        address = f"{place.columns[blank.name].letters}{MARKS_ROW}"
        count = place.last_row - place.first_blank_row(blank) + 1
        so_far = f'"… "&COUNTIF({on_check(states(place, number))},1)&" of {count}"'
        texts = ('"…"', '"✓"', '"✗"', so_far, '"↓ first row"', '"… waits"', '"# number"')
        sheet[address] = f"=CHOOSE({on_check(code_cell(number))}+1,{','.join(texts)})"
        sheet[address].font = Font(name="Calibri", size=11, bold=True)
        sheet[address].alignment = Alignment(horizontal="center")
    area = f"A{MARKS_ROW}:{letters(len(place.columns))}{MARKS_ROW}"
    for sign, (color, fill) in _COLORS.items():
        sheet.conditional_formatting.add(area, FormulaRule(
            [f'LEFT(A{MARKS_ROW},1)="{sign}"'], font=Font(color=color, bold=True),
            fill=PatternFill("solid", fgColor=fill, bgColor=fill)))


def _said(place: Place, solved: bool) -> dict[str, float | str]:
    """The marks and the score before anything is filled in, or when all is."""
    score = _score(place, solved=solved)
    marks = {f"{place.columns[blank.name].letters}{MARKS_ROW}": "✓" if solved else "…"
             for blank in place.exercise.blanks}
    return {**marks, SCORE_CELL: score, HINT_CELL: "", **dict.fromkeys(_score_again(place), score)}


def _score(place: Place, *, solved: bool) -> str:
    counts = {kind: sum(blank.kind == kind for blank in place.exercise.blanks) for kind in KINDS}
    return ", ".join(f"{count if solved else 0} of {count} {PLURALS[kind]} right"
                     for kind, count in counts.items() if count)


def _drawing(sheet: Worksheet, check: Worksheet, place: Place) -> None:
    """The network beside its equations; its points stand on the other sheet, far to the right."""
    network, start = place.exercise.walkthrough.network, place.exercise.start
    column = len(network.leaves) + len(network.nodes) + place.exercise.rows + 10
    label, x, y = (letters(column + number) for number in range(3))
    drawn, row = [], 1
    for mark in sketch(network):
        last = row + len(mark.points) - 1
        for at, point in enumerate(mark.points, start=row):
            if point is not None:
                check[f"{x}{at}"], check[f"{y}{at}"] = round(point[0], 4), round(point[1], 4)
        said = mark.label if isinstance(mark.label, str) else ", ".join(
            f"{name} = {round(float(start[name]), 4):g}" for name in mark.label)
        if said:
            check[f"{label}{row}"] = said
        area = f"{quoted(CHECK_SHEET)}!${{0}}${row}:${{0}}${last}"
        named = f"{quoted(CHECK_SHEET)}!{absolute(f'{label}{row}')}" if said else ""
        drawn.append(Drawn(mark, area.format(x), area.format(y), named, said))
        row = last + 1
    if drawn:
        put_chart(sheet, network_chart(drawn), f"{_DRAWING_COLUMN}{place.below - 1}", f"N{place.below + 18}")


def _closing(sheet: Worksheet, place: Place) -> None:
    """Locked but for the student's cells, without a password; printed so that it can be read."""
    sheet.protection.sheet = True
    sheet.protection.formatCells = sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.sheet_view.showGridLines = False
    put_on_page(sheet, across=pages_across(sheet))
    first = next(iter(place.exercise.blanks))
    sheet.sheet_view.selection[0].activeCell = sheet.sheet_view.selection[0].sqref = place.cell(
        first.name, place.first_blank_row(first))
