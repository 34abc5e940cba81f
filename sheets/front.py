"""The front sheet: what stands on it, and the values of its formulas once the training is known."""

from collections.abc import Mapping

from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from derive.walkthrough import Walkthrough
from sheets.cells import letters
from sheets.charts import loss_chart
from sheets.curve import Curve, Watched, loss_formula, loss_reference, update_reference
from sheets.layout import Layout, sheet_name

FRONT_SHEET = "Loss"
_FIRST_ROW = 2


def front_sheet(sheet: Worksheet, walkthrough: Walkthrough, layout: Layout, curve: Curve) -> None:
    """The loss chart, the plotted update numbers, and beside them the losses where the chart shows a sample only."""
    sheet["A1"] = "Update"
    sheet["A1"].font = Font(bold=True)
    for row, update in enumerate(curve.updates, start=_FIRST_ROW):
        sheet.cell(row, 1, update)
    lines = {}
    for place, rate in enumerate(walkthrough.learning_rates, start=2):
        name = sheet_name(rate)
        lines[name] = loss_reference(FRONT_SHEET, place, curve, _FIRST_ROW, name, layout)
        if curve.sampled:
            sheet.cell(1, place, name).font = Font(bold=True)
            for row in range(_FIRST_ROW, _FIRST_ROW + len(curve.updates)):
                sheet.cell(row, place, loss_formula(name, f"$A{row}", curve, layout))
    updates = update_reference(FRONT_SHEET, curve, _FIRST_ROW)
    chart = loss_chart(f"{layout.loss} after each update", layout.loss, lines, updates, len(curve.updates))
    beside = letters(len(lines) + 3) if curve.sampled else "C"
    sheet.add_chart(chart, f"{beside}2")


def front_values(watched: Mapping[str, Watched], curve: Curve) -> dict[str, float | str]:
    """Cell to value, for every formula on the front sheet."""
    if not curve.sampled:
        return {}
    return {
        f"{letters(place)}{row}": loss
        for place, seen in enumerate(watched.values(), start=2)
        for row, loss in enumerate(seen.points, start=_FIRST_ROW)
    }


def chart_points(watched: Mapping[str, Watched], curve: Curve, layout: Layout) -> dict[str, tuple[float, ...]]:
    """Chart reference to the values that stand there."""
    points = {
        loss_reference(FRONT_SHEET, place, curve, _FIRST_ROW, name, layout): seen.points
        for place, (name, seen) in enumerate(watched.items(), start=2)
    }
    return {**points, update_reference(FRONT_SHEET, curve, _FIRST_ROW): tuple(curve.updates)}
