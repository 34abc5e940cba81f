"""The charts beside a table: the loss, the weights, and the outputs against their targets, update by update."""

from collections.abc import Iterator, Sequence

from openpyxl.chart import ScatterChart
from openpyxl.worksheet.worksheet import Worksheet

from derive.walkthrough import Walkthrough
from sheets.building.charts import MOST_LINES, Line, color, loss_title, put_chart, update_chart
from sheets.building.companions.picture import outputs
from sheets.building.curve import Curve
from sheets.building.layout import UPDATE, Layout
from sheets.building.looks import put_on_page
from sheets.cells import letters, quoted

MOST_ROWS = 20_000
"""Up to here a spreadsheet draws every point of a table at once."""
_ACROSS, _DOWN = 9, 18  # columns and rows from one chart to the next


def add_table_charts(
    sheet: Worksheet, walkthrough: Walkthrough, layout: Layout, curve: Curve, updates: str, rate: tuple[str, str]
) -> None:
    """Put the charts right of the table, and let them be what is printed of its sheet; `updates` is where the plotted
    numbers of the updates stand, `rate` what the legend calls the rate, and where that stands."""
    if curve.rows > MOST_ROWS:
        sheet.print_title_rows = f"1:{layout.placement.header_row}"
        return
    first = layout.placement.first_column + len(layout.columns) + 1
    row = layout.first_row
    charts = list(_charts(sheet, walkthrough, layout, curve, updates, rate))
    for place, chart in enumerate(charts):
        column, above = first + _ACROSS * (place % 2), row + _DOWN * (place // 2)
        put_chart(sheet, chart, f"{letters(column)}{above}", f"{letters(column + _ACROSS - 1)}{above + _DOWN - 1}")
    put_on_page(sheet, whole=True)
    sheet.print_area = (f"{letters(first)}{row}:{letters(first + 2 * _ACROSS - 1)}"
                        f"{row + _DOWN * ((len(charts) + 1) // 2) - 1}")


def _charts(
    sheet: Worksheet, walkthrough: Walkthrough, layout: Layout, curve: Curve, updates: str, rate: tuple[str, str]
) -> Iterator[ScatterChart]:
    """Loss, weights, outputs."""
    network, last = walkthrough.network, curve.rows - 1

    def line(name: str, place: int = 0, dashed: bool = False) -> Line:
        values = f"{quoted(sheet.title)}!{layout.range_of(name, last)}"
        return Line(values, layout.by_name[name].header, color=color(place), dashed=dashed)

    if UPDATE in layout.by_name:
        updates = f"{quoted(sheet.title)}!{layout.range_of(UPDATE, last)}"
    loss = Line(line(layout.loss).values, *rate)
    yield update_chart(loss_title(layout.loss), layout.loss, [loss], updates, last)
    weights = network.parameters
    some = "the weights" if len(weights) <= MOST_LINES else f"the first {MOST_LINES} of {len(weights)} weights"
    shown = [line(name, place) for place, name in enumerate(weights[:MOST_LINES])]
    yield update_chart(some, "", shown, updates, last)
    pairs = [(out, target) for out, target in compared(walkthrough) if out in layout.by_name][: MOST_LINES // 2]
    if pairs:
        lines = [line(name, place, name == target) for place, (out, target) in enumerate(pairs)
                 for name in (out, target)]
        yield update_chart("outputs and their targets (dashed)", "", lines, updates, last)


def compared(walkthrough: Walkthrough) -> Sequence[tuple[str, str]]:
    """Each output with the target that an equation compares it with."""
    network = walkthrough.network
    found: dict[str, str] = {}
    for node in network.nodes:
        for out in outputs(network):
            for target in network.targets:
                if out in node.parents and target in node.parents:
                    found.setdefault(out, target)
    return tuple(found.items())
