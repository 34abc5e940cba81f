"""The sheet Step: one update of one training with all its numbers, live.

On top what may be chosen: the update, the training, a weight, for many samples the sample. Below, the chain rule of
that weight with the numbers put in, the network drawn with its numbers, forward in blue and backward in red, and every
quantity with its formula and the same in numbers.
"""

from collections.abc import Mapping

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from derive.walkthrough import Walkthrough
from sheets.building.charts import network_chart, put_chart
from sheets.building.companions.step import (
    CHAIN_ROW,
    FIRST_ROW,
    LABEL,
    LARGER,
    NAME,
    SAMPLE_CELL,
    STEP_SHEET,
    TABLE_ROW,
    TRAINING_CELL,
    UPDATE_CELL,
    VALUE,
    WEIGHT_CELL,
    WIDTHS,
    Content,
    Step,
    X,
    Y,
    heights,
    lay_out_step,
    lines_of,
    marks,
    step_contents,
    stretch,
)
from sheets.building.digits import digits
from sheets.building.layout import Layout, Role, roles, sheet_names, with_partials
from sheets.building.looks import STYLE, fits_a_page, powers_where, put_on_page
from sheets.building.paper import ROW_HEIGHT
from sheets.building.sketch import Drawn
from sheets.cells import quoted

_DRAWING_ROW = 13
_FREE, _TABLE_LINE = 6.0, 14.0  # points
_DIGITS = digits(1.0)


def step_sheet(sheet: Worksheet, walkthrough: Walkthrough, layout: Layout) -> None:
    """Write the sheet; its formulas get their values by `step_values`."""
    step = lay_out_step(walkthrough)
    sheet["A1"], sheet["A1"].style = "One update, number by number", STYLE.format("title")
    sheet.row_dimensions[1].height = 27
    for row in (2, 7, _DRAWING_ROW - 1, TABLE_ROW - 1):
        sheet.row_dimensions[row].height = _FREE
    if walkthrough.batch is None:
        sheet.row_dimensions[int(SAMPLE_CELL[1:])].height = _FREE
    for at, width in WIDTHS.items():
        sheet.column_dimensions[at].width = width
    _choices(sheet, walkthrough)
    for place, word in enumerate(("Chain rule", "Gradient", "In numbers", "Next value"), start=CHAIN_ROW):
        sheet[f"A{place}"], sheet[f"A{place}"].style = word, STYLE.format("strong")
        sheet[f"B{place}"].style = STYLE.format("wrapped")
        sheet.merged_cells.add(f"B{place}:D{place}")
    for place, high in enumerate(heights(walkthrough), start=CHAIN_ROW):
        sheet.row_dimensions[place].height = ROW_HEIGHT * high
    _headings(sheet, walkthrough, step)
    contents = step_contents(walkthrough, layout)
    for cell, (content, _) in contents.items():
        sheet[cell] = content
    _drawing(sheet, walkthrough, step, contents)
    for at in "FGHIJKLM":
        sheet.column_dimensions[at].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.print_area = f"A1:D{TABLE_ROW + len(step.rows)}"
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    put_on_page(sheet, landscape=False, whole=fits_a_page(sheet, TABLE_ROW + len(step.rows)))


def step_values(walkthrough: Walkthrough, layout: Layout) -> dict[str, float | str]:
    """The value of every formula on the sheet, at the start of the first training."""
    contents = step_contents(walkthrough, layout)
    return {cell: value for cell, (content, value) in contents.items() if content.startswith("=")}


def _choices(sheet: Worksheet, walkthrough: Walkthrough) -> None:
    """The cells to type into, and what may be typed."""
    names, weights, batch = sheet_names(walkthrough), walkthrough.network.parameters, walkthrough.batch
    count = str(len(batch.rows)) if batch is not None else ""
    whole = {"type": "whole", "operator": "between"}
    weight_names = f"${NAME}${FIRST_ROW}:${NAME}${FIRST_ROW + len(weights) - 1}"
    typed = [
        (UPDATE_CELL, "Update", 0, f"type a number from 0 to {walkthrough.updates:,}",
         DataValidation(**whole, formula1="0", formula2=str(walkthrough.updates))),
        (TRAINING_CELL, "Training", names[0], "", DataValidation(type="list", formula1=listed(names))),
        (WEIGHT_CELL, "Weight", weights[0], "choose one: its chain rule stands below",
         DataValidation(type="list", formula1=weight_names)),
    ]
    if batch is not None:
        typed.append((SAMPLE_CELL, "Sample", 1, f"type a number from 1 to {count}, as on the sheet Data",
                      DataValidation(**whole, formula1="1", formula2=count)))
    for cell, word, value, told, validation in typed:
        row = cell[1:]
        sheet[f"A{row}"], sheet[f"A{row}"].style = word, STYLE.format("strong")
        sheet[cell], sheet[cell].style = value, STYLE.format("input")
        sheet[f"C{row}"], sheet[f"C{row}"].style = told, STYLE.format("indented quiet")
        validation.add(cell)
        sheet.add_data_validation(validation)


def listed(names: tuple[str, ...]) -> str:
    """A list to choose from; Excel takes 255 characters of it."""
    kept = list(names)
    while len(",".join(kept)) > 255:
        kept.pop()
    return f'"{",".join(kept)}"'


def _headings(sheet: Worksheet, walkthrough: Walkthrough, step: Step) -> None:
    """What stands beside the values: the name, in the color of its role, and how it is computed."""
    for at, word in zip("ABCD", ("Quantity", "Value", "How it is computed", "In numbers"), strict=True):
        look = {"A": "column heading", VALUE: "number heading"}.get(at, "indented heading")
        sheet[f"{at}{TABLE_ROW}"], sheet[f"{at}{TABLE_ROW}"].style = word, STYLE.format(look)
    role = roles(walkthrough.network)
    names = [with_partials(walkthrough.network, name) for name in step.rows]
    for name, row in step.rows.items():
        sheet[f"A{row}"], sheet[f"A{row}"].style = (
            with_partials(walkthrough.network, name), STYLE.format(f"heading {role.get(name, Role.BACKWARD)}"))
        sheet[f"{VALUE}{row}"].style = STYLE.format("value")
        sheet[f"{VALUE}{row}"].number_format = _DIGITS.format
        told = "given" if role.get(name) is Role.GIVEN else "as the training has it at this update"
        told = step.written.get(name, told)
        sheet[f"C{row}"], sheet[f"C{row}"].style = told, STYLE.format("wrapped indented")
        sheet[f"C{row}"].data_type = "s"
        sheet[f"D{row}"].style = STYLE.format("wrapped indented")
        sheet.row_dimensions[row].height = _TABLE_LINE * min(8, lines_of(told, names))
    powers_where(sheet, f"{VALUE}{FIRST_ROW}:{VALUE}{TABLE_ROW + len(step.rows)}", _DIGITS)


def _drawing(sheet: Worksheet, walkthrough: Walkthrough, step: Step, contents: Mapping[str, Content]) -> None:
    """The network as a chart: values in the circles and on the links in blue, derivatives beside them in red."""
    drawn: list[Drawn] = []
    row = FIRST_ROW
    for mark, parts, ink in marks(walkthrough, step):
        last = row + len(mark.points) - 1
        for at, point in enumerate(mark.points, start=row):
            if point is not None:
                sheet[f"{X}{at}"], sheet[f"{Y}{at}"] = round(point[0], 4), round(point[1], 4)
        area = f"{quoted(STEP_SHEET)}!${{0}}${row}:${{0}}${last}"
        label = f"{quoted(STEP_SHEET)}!${LABEL}${row}" if parts else ""
        told = str(contents[f"{LABEL}{row}"][1]) if parts else ""
        drawn.append(Drawn(mark, area.format(X), area.format(Y), label, told, ink))
        row = last + 1
    if drawn:
        put_chart(sheet, network_chart(drawn, LARGER), f"A{_DRAWING_ROW}", f"D{TABLE_ROW - 2}")
        for high in range(_DRAWING_ROW, TABLE_ROW - 1):
            sheet.row_dimensions[high].height = ROW_HEIGHT * stretch(walkthrough)
