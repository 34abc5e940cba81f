"""The sheet Picture: for two inputs, the targets and what the network says, before and after, as coloured cells.

Where the samples are a full grid, each map has their points; else the network is drawn on a grid of its own.
"""

from collections.abc import Callable, Mapping, Sequence

import sympy as sp
from msgspec import Struct
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from derive.network import Network
from derive.training.program import Program
from derive.walkthrough import Walkthrough
from derive.walkthrough.samples import Batch
from sheets.building.companions.every_sample import SAMPLES_SHEET, UPDATE_CELL, lay_out_every_sample
from sheets.building.curve import Watched
from sheets.building.layout import MOST_CHARACTERS, Layout, sheet_names
from sheets.building.samples import DATA_FIRST_ROW, DATA_SHEET, written_out
from sheets.cells import absolute, letters, quoted
from sheets.formulas.emit import emit

PICTURE_SHEET = "Picture"
_POINTS = 21
_FEWEST = 5
_TITLE_ROW = 3
_X_ROW = 4
_TOP_ROW = 5
_AXIS_FORMAT, _WIDE = "0.0##", 100
_ACROSS, _UP = "\x01", "\x02"  # a point's cells in the formula that is written out once: in no sheet's name
_COLOURS = ("FF2166AC", "FFF7F7F7", "FFB2182B")


class Picture(Struct, frozen=True):
    """The points of a map, the output that is drawn, and for a full grid the sample at each point."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    output: str
    formula: sp.Expr
    samples: Mapping[tuple[float, float], int] | None

    @property
    def titles(self) -> tuple[str, ...]:
        """The maps, from left to right."""
        return (*(("target",) if self.samples is not None else ()), "before", "after")

    def axis(self, place: int) -> int:
        """The column of a map's y axis; the maps are counted from 0 and stand side by side."""
        return 1 + place * (len(self.xs) + 2)

    def cells(self, place: int) -> Sequence[tuple[str, int, float, float]]:
        """The cells of a map: column, row, x, y; y grows upwards."""
        return [
            (letters(self.axis(place) + across), _TOP_ROW + down, x, y)
            for down, y in enumerate(reversed(self.ys)) for across, x in enumerate(self.xs, start=1)
        ]


def outputs(network: Network) -> tuple[str, ...]:
    """The nodes that an equation compares with a target."""
    targets = set(network.targets)
    compared = (node for node in network.nodes if targets.intersection(node.parents))
    return tuple(dict.fromkeys(name for node in compared for name in node.parents if name in network.definitions))


def picture_of(walkthrough: Walkthrough, batch: Batch) -> Picture | None:
    """What there is to draw; None where there are not two inputs, or a cell's formula would be too long."""
    network = walkthrough.network
    if len(network.inputs) != 2 or not outputs(network):
        return None
    output = outputs(network)[0]
    formula = written_out(network, output)
    if formula is None or {s.name for s in formula.free_symbols} & set(network.targets):
        return None
    if len(emit(formula, dict.fromkeys(network.leaves, "$WWW$1000000"))) > MOST_CHARACTERS:
        return None
    points = [(float(row[0]), float(row[1])) for row in batch.rows]
    xs, ys = (tuple(sorted({point[axis] for point in points})) for axis in (0, 1))
    if len(set(points)) == len(points) == len(xs) * len(ys) and min(len(xs), len(ys)) >= _FEWEST:
        return Picture(xs, ys, output, formula, {point: place for place, point in enumerate(points)})
    if len(xs) < 2 or len(ys) < 2:
        return None
    return Picture(_spread(xs), _spread(ys), output, formula, None)


def _spread(values: Sequence[float]) -> tuple[float, ...]:
    low, high = values[0], values[-1]
    return tuple(round(low + (high - low) * place / (_POINTS - 1), 12) for place in range(_POINTS))


def picture_sheet(
    sheet: Worksheet, picture: Picture, walkthrough: Walkthrough, batch: Batch, layout: Layout
) -> None:
    """Write the maps; their formulas get their values by `picture_values`."""
    network = walkthrough.network
    first, second = network.inputs
    sheet["A1"] = (f"{picture.output} over {first} (across) and {second} (up); after: at the update on the sheet "
                   f"{SAMPLES_SHEET}")
    sheet["A1"].font = Font(name="Calibri", bold=True)
    step = f"{quoted(SAMPLES_SHEET)}!"
    start = f"{quoted(sheet_names(walkthrough)[0])}!"
    leaves = (*network.constants, *network.parameters)
    at = {
        "before": {name: start + layout.first_cell(name) for name in leaves},
        "after": {name: step + cell for name, cell in lay_out_every_sample(walkthrough, batch).parameter_cells.items()},
    }
    target = letters(batch.names.index(network.targets[0]) + 1)
    for place, title in enumerate(picture.titles):
        cells = picture.cells(place)
        axis = letters(picture.axis(place))
        _axes(sheet, axis, cells, title)
        formula = emit(picture.formula, {**at[title], first: _ACROSS, second: _UP}) if title in at else ""
        for column, row, x, y in cells:
            if title == "target" and picture.samples is not None:
                text = f"{quoted(DATA_SHEET)}!{target}{DATA_FIRST_ROW + picture.samples[x, y]}"
            else:
                text = formula.replace(_ACROSS, f"{column}${_X_ROW}").replace(_UP, f"${axis}{row}")
            sheet[f"{column}{row}"] = f"={text}"
            sheet[f"{column}{row}"].number_format = ";;;"  # colour alone; the value shows in the formula bar
        drawn = f"{cells[0][0]}{cells[0][1]}:{cells[-1][0]}{cells[-1][1]}"
        sheet.conditional_formatting.add(drawn, _scale(batch, network))
    sheet[f"A{_TOP_ROW + len(picture.ys) + 1}"] = f'="after: update "&TEXT({step}{absolute(UPDATE_CELL)},"0")'
    sheet.sheet_view.showGridLines = False


def picture_values(
    picture: Picture, walkthrough: Walkthrough, batch: Batch, layout: Layout, watched: Mapping[str, Watched]
) -> dict[str, float | str]:
    """The value of every formula on the sheet: the first row's parameters, and the last row's of the first rate."""
    network = walkthrough.network
    seen = watched[sheet_names(walkthrough)[0]]
    names = [column.name for column in layout.columns]
    drawn = {title: _drawn(network, picture.output, dict(zip(names, row, strict=True)))
             for title, row in (("before", seen.start), ("after", seen.end))}
    target = batch.names.index(network.targets[0])
    found: dict[str, float | str] = {
        f"A{_TOP_ROW + len(picture.ys) + 1}": f"after: update {walkthrough.updates}",
    }
    for place, title in enumerate(picture.titles):
        for column, row, x, y in picture.cells(place):
            if title == "target" and picture.samples is not None:
                found[f"{column}{row}"] = float(batch.rows[picture.samples[x, y]][target])
            else:
                found[f"{column}{row}"] = drawn[title](x, y)
    return found


def _drawn(network: Network, output: str, row: Mapping[str, float]) -> Callable[[float, float], float]:
    """The output at a point, with the constants and parameters of a row."""
    fixed = (*network.constants, *network.parameters)
    needed = set(network.below([output]))
    definitions = {name: expression for name, expression in network.definitions.items() if name in needed}
    program = Program.of((*fixed, *network.inputs), definitions)
    operands = [program.variables[name] for name in (*fixed, *network.inputs)]
    values = [row[name] for name in fixed]
    return lambda x, y: program.interpret(
        dict(zip(operands, (*values, x, y), strict=True)))[program.variables[output]]


def _axes(sheet: Worksheet, axis: str, cells: Sequence[tuple[str, int, float, float]], title: str) -> None:
    """A map's title, the x of each column above it, the y of each row beside it."""
    sheet[f"{cells[0][0]}{_TITLE_ROW}"] = title
    sheet[f"{cells[0][0]}{_TITLE_ROW}"].font = Font(name="Calibri", bold=True)
    sheet.column_dimensions[axis].width = 5.5
    small = Font(name="Calibri", size=9.5, color="FF666666")
    for column, row, x, y in cells:
        for cell, value in ((f"{column}{_X_ROW}", x), (f"{axis}{row}", y)):
            sheet[cell] = value
            sheet[cell].number_format, sheet[cell].font = _AXIS_FORMAT if abs(value) < _WIDE else "0", small
            sheet[cell].alignment = Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
        sheet.column_dimensions[column].width = 3.6
        sheet.row_dimensions[row].height = 21


def _scale(batch: Batch, network: Network) -> ColorScaleRule:
    """Blue for the smallest target, red for the largest."""
    place = batch.names.index(network.targets[0])
    values = [float(row[place]) for row in batch.rows]
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    return ColorScaleRule(start_type="num", start_value=low, start_color=_COLOURS[0],
                          mid_type="num", mid_value=(low + high) / 2, mid_color=_COLOURS[1],
                          end_type="num", end_value=high, end_color=_COLOURS[2])
