"""The charts beside a table: the loss, the weights, and the outputs against their targets, update by update."""

from collections.abc import Iterator, Sequence

from openpyxl.chart import ScatterChart
from openpyxl.worksheet.worksheet import Worksheet

from derive.walkthrough import Walkthrough
from sheets.building.charts import MOST_LINES, SMALL, Line, color, loss_title, update_chart
from sheets.building.companions.picture import outputs
from sheets.building.curve import Curve
from sheets.building.layout import UPDATE, Layout
from sheets.cells import letters, quoted

MOST_ROWS = 20_000
"""Up to here a spreadsheet draws every point of a table at once."""
_ACROSS, _DOWN = 9, 18  # columns and rows from one chart to the next


def add_table_charts(sheet: Worksheet, walkthrough: Walkthrough, layout: Layout, curve: Curve, updates: str) -> None:
    """Put the charts right of the table, and let them be what is printed of its sheet; `updates` is where the plotted
    numbers of the updates stand."""
    if curve.rows > MOST_ROWS:
        return
    first = layout.placement.first_column + len(layout.columns) + 1
    row = layout.first_row
    charts = list(_charts(sheet, walkthrough, layout, curve, updates))
    for place, chart in enumerate(charts):
        sheet.add_chart(chart, f"{letters(first + _ACROSS * (place % 2))}{row + _DOWN * (place // 2)}")
    sheet.print_area = (f"{letters(first)}{row}:{letters(first + 2 * _ACROSS - 1)}"
                        f"{row + _DOWN * ((len(charts) + 1) // 2)}")


def _charts(
    sheet: Worksheet, walkthrough: Walkthrough, layout: Layout, curve: Curve, updates: str
) -> Iterator[ScatterChart]:
    """Loss, weights, outputs."""
    network, last = walkthrough.network, curve.rows - 1

    def line(name: str, place: int = 0, dashed: bool = False) -> Line:
        values = f"{quoted(sheet.title)}!{layout.range_of(name, last)}"
        return Line(values, layout.by_name[name].header, color=color(place), dashed=dashed)

    if UPDATE in layout.by_name:
        updates = f"{quoted(sheet.title)}!{layout.range_of(UPDATE, last)}"
    yield update_chart(loss_title(layout.loss), layout.loss, [line(layout.loss)], updates, last, SMALL)
    weights = network.parameters
    title = "the weights" if len(weights) <= MOST_LINES else f"the first {MOST_LINES} of {len(weights)} weights"
    shown = [line(name, place) for place, name in enumerate(weights[:MOST_LINES])]
    yield update_chart(title, "", shown, updates, last, SMALL)
    pairs = [(out, target) for out, target in compared(walkthrough) if out in layout.by_name][: MOST_LINES // 2]
    if pairs:
        lines = [line(name, place, name == target) for place, (out, target) in enumerate(pairs)
                 for name in (out, target)]
        yield update_chart("outputs and their targets (dashed)", "", lines, updates, last, SMALL)


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
