"""The first sheet as openpyxl writes it: the summary's cells, the two charts, and the hidden columns that they plot."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from openpyxl.worksheet.worksheet import Worksheet

from derive.checking import Checked
from derive.walkthrough import Walkthrough
from sheets.building.charts import Line, Points, all_points, loss_title, network_chart, put_chart, update_chart
from sheets.building.curve import Curve, Watched
from sheets.building.digits import digits, joined
from sheets.building.inputs import Inputs, on_first_sheet
from sheets.building.layout import Layout, sheet_names
from sheets.building.looks import powers_where, put_cells, put_on_page
from sheets.building.paper import FRONT_SHEET, ROW_HEIGHT, WIDTHS, Cell, Live
from sheets.building.sketch import Drawn, Mark, sketch
from sheets.building.summary import LAST_COLUMN, Summary, summarize
from sheets.cells import absolute, letters, quoted

_SMALLER = 0.92
_PLOTTED_ROW = 2
_PLOTTED = len(WIDTHS) + 2
_LINES = _PLOTTED + 1
"""The first hidden column: the plotted update numbers, then the sampled losses, then the drawing."""


class Front(Struct, frozen=True):
    """What stands on the first sheet of a workbook, and what its charts plot."""

    summary: Summary
    plotted: tuple[Cell, ...]
    drawn: tuple[Drawn, ...]
    rate_cells: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of them, the hidden ones last."""
        return (*self.summary.cells, *self.plotted)


def plan_front(
    walkthrough: Walkthrough, layout: Layout, curve: Curve, verdicts: Sequence[Checked], inputs: Inputs
) -> Front:
    """The plan of the sheet; its values are known when the training is."""
    rates = len(walkthrough.learning_rates)
    drawn, cells = _drawn(walkthrough, layout, _LINES + rates)
    summary = summarize(walkthrough, layout, curve, verdicts, inputs)
    named = _names(walkthrough, inputs)
    rate_cells = tuple(on_first_sheet(cell) for cell in inputs.rates)
    return Front(summary, (*_plotted(walkthrough, layout, curve), *named, *cells), drawn, rate_cells)


def front_sheet(sheet: Worksheet, front: Front, walkthrough: Walkthrough, layout: Layout, curve: Curve) -> None:
    """Write the plan into an empty sheet."""
    put_cells(sheet, front.summary.cells)
    for cell in front.plotted:
        sheet[cell.address] = cell.content.formula if isinstance(cell.content, Live) else cell.content
    numbers = [cell.address for cell in front.summary.cells if cell.look == "number"]
    if numbers:
        powers_where(sheet, " ".join(numbers), digits(1.0))
    for column, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[letters(column)].width = width
    for row, height in front.summary.heights.items():
        sheet.row_dimensions[row].height = height
    for column in range(_PLOTTED, sheet.max_column + 1):
        sheet.column_dimensions[letters(column)].hidden = True
    lines = [
        Line(_losses(place, name, layout, curve), *named)
        for place, (name, named) in enumerate(
            zip(sheet_names(walkthrough), called(walkthrough), strict=True), start=_LINES)
    ]
    chart = update_chart(loss_title(layout.loss), layout.loss, lines, updates_at(curve), curve.rows - 1)
    put_chart(sheet, chart, *front.summary.chart_at)
    if front.drawn:
        put_chart(sheet, network_chart(front.drawn, _SMALLER), *front.summary.drawing_at)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = ROW_HEIGHT, True
    sheet.print_area = f"A1:{LAST_COLUMN}{front.summary.last_row}"
    put_on_page(sheet, breaks=front.summary.breaks, landscape=False)


def front_values(front: Front, watched: Mapping[str, Watched]) -> dict[str, float | str]:
    """Cell to value, for every formula on the first sheet."""
    return {cell.address: cell.content.value(watched) for cell in front.cells if isinstance(cell.content, Live)}


def chart_points(watched: Mapping[str, Watched], curve: Curve, layout: Layout) -> Callable[[str], Points]:
    """From the reference of a chart's line to the values that stand there; KeyError names one that no chart has.

    A loss has all its plotted points, any other column of a table those of the rows that were kept.
    """
    last = curve.rows - 1
    found = {updates_at(curve): all_points([float(update) for update in curve.updates])}
    for place, (name, seen) in enumerate(watched.items(), start=_LINES):
        for column, quantity in enumerate(layout.columns):
            kept = {update: row[column] for update, row in seen.kept.items()}
            found[f"{quoted(name)}!{layout.range_of(quantity.name, last)}"] = Points(curve.rows, kept)
        found[_losses(place, name, layout, curve)] = all_points(seen.points)
    return found.__getitem__


def updates_at(curve: Curve) -> str:
    """Where the numbers of the plotted updates stand."""
    return _points_at(_PLOTTED, curve)


def _losses(place: int, name: str, layout: Layout, curve: Curve) -> str:
    """Where a rate's plotted losses stand: in its own table, or in a hidden column of sampled points."""
    return _points_at(place, curve) if curve.sampled else _all_losses(name, layout, curve)


def _all_losses(name: str, layout: Layout, curve: Curve) -> str:
    return f"{quoted(name)}!{layout.range_of(layout.loss, curve.rows - 1)}"


def _points_at(place: int, curve: Curve) -> str:
    at = letters(place)
    return f"{quoted(FRONT_SHEET)}!${at}${_PLOTTED_ROW}:${at}${_PLOTTED_ROW + len(curve.updates) - 1}"


def _name_at(place: int) -> str:
    """Where the legend's text for a rate stands: beside the plotted numbers, above its points."""
    return f"{quoted(FRONT_SHEET)}!${letters(place)}${_PLOTTED_ROW - 1}"


def called(walkthrough: Walkthrough) -> list[tuple[str, str]]:
    """What the legends call each rate, and where that stands."""
    return [(f"rate {joined(float(rate))}", _name_at(place))
            for place, rate in enumerate(walkthrough.learning_rates, start=_LINES)]


def _names(walkthrough: Walkthrough, inputs: Inputs) -> Iterator[Cell]:
    """What the legend calls each rate: `="rate "&B12`, so that it follows."""
    for place, ((said, _), cell) in enumerate(zip(called(walkthrough), inputs.rates, strict=True), start=_LINES):
        yield Cell(f"{letters(place)}{_PLOTTED_ROW - 1}", Live(f'="rate "&{absolute(cell)}', _saying(said)))


def _saying(said: str) -> Callable[[Mapping[str, Watched]], str]:
    return lambda watched: said


def _plotted(walkthrough: Walkthrough, layout: Layout, curve: Curve) -> Iterator[Cell]:
    """The plotted update numbers, and beside them the losses where the chart shows a sample only."""
    at = letters(_PLOTTED)
    for row, update in enumerate(curve.updates, start=_PLOTTED_ROW):
        yield Cell(f"{at}{row}", update)
    if curve.sampled:
        for place, name in enumerate(sheet_names(walkthrough), start=_LINES):
            for index in range(len(curve.updates)):
                row = _PLOTTED_ROW + index
                formula = f"=INDEX({_all_losses(name, layout, curve)},${at}{row}+1)"
                yield Cell(f"{letters(place)}{row}", Live(formula, _point(name, index)))


def _point(name: str, index: int) -> Callable[[Mapping[str, Watched]], float]:
    return lambda watched: watched[name].points[index]


def _drawn(walkthrough: Walkthrough, layout: Layout, place: int) -> tuple[tuple[Drawn, ...], tuple[Cell, ...]]:
    """The marks of the drawing on three columns, label, x and y, and the cells that stand there."""
    label, x, y = (letters(place + column) for column in range(3))
    drawn: list[Drawn] = []
    cells: list[Cell] = []
    row = _PLOTTED_ROW
    for mark in sketch(walkthrough.network):
        last = row + len(mark.points) - 1
        for at, point in enumerate(mark.points, start=row):
            if point is not None:
                cells += [Cell(f"{x}{at}", round(point[0], 4)), Cell(f"{y}{at}", round(point[1], 4))]
        content, said = _label(mark, walkthrough, layout)
        if content:
            cells.append(Cell(f"{label}{row}", content))
        area = f"{quoted(FRONT_SHEET)}!${{0}}${row}:${{0}}${last}"
        named = f"{quoted(FRONT_SHEET)}!${label}${row}" if content else ""
        drawn.append(Drawn(mark, area.format(x), area.format(y), named, said))
        row = last + 1
    return tuple(drawn), tuple(cells)


def _label(mark: Mark, walkthrough: Walkthrough, layout: Layout) -> tuple[str | Live, str]:
    """A label's cell and what it says at the start: names as they are, quantities with their value on the first sheet.

    `="w1 = "&ROUND('LR=0.1'!$E$3,4)`
    """
    if isinstance(mark.label, str):
        return mark.label, mark.label
    shown = [name for name in mark.label if walkthrough.batch is None or name in layout.by_name]
    sheet = quoted(sheet_names(walkthrough)[0])
    pieces = [f'"{name} = "&ROUND({sheet}!{layout.first_cell(name)},4)' for name in shown]
    said = ", ".join(f"{name} = {_rounded(float(walkthrough.start[name]))}" for name in shown)
    return (Live("=" + '&", "&'.join(pieces), lambda watched: said), said) if pieces else ("", "")


def _rounded(value: float, decimals: int = 4) -> str:
    """A value as Excel joins it to a text, rounded."""
    return joined(round(value, decimals) + 0.0)
