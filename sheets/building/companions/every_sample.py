"""The sheet Samples: type an update number, and see every sample's forward and backward pass at that point, live.

Row 1 the update, row 2 the training, rows 4 and 5 the parameters at that point, row 7 the headers, row 8 the sums
or means over all samples, and from row 9 on one row a sample, each node and adjoint by its own formula.
"""

from collections.abc import Mapping

import sympy as sp
from msgspec import Struct
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from derive.gradients.backward import go_back
from derive.names import partial, quantity
from derive.training.program import Program
from derive.training.saturation import computable
from derive.walkthrough import Walkthrough
from derive.walkthrough.samples import Batch
from sheets.building.companions.step import of_training
from sheets.building.companions.step_sheet import listed
from sheets.building.curve import Watched
from sheets.building.digits import digits
from sheets.building.layout import Layout, Role, roles, sheet_names
from sheets.building.looks import STYLE, powers_where
from sheets.building.samples import DATA_FIRST_ROW, DATA_SHEET
from sheets.cells import absolute, letters, quoted
from sheets.formulas.emit import emit

SAMPLES_SHEET = "Samples"
UPDATE_CELL = "B1"
TRAINING_CELL = "B2"
_PARAMETER_ROW = 5
_HEADER_ROW = 7
_TOTAL_ROW = 8
_FIRST_ROW = 9
_BOLD = Font(name="Calibri", bold=True)
_DIGITS = digits(1.0)


class EverySample(Struct, frozen=True):
    """What stands on the sheet: the columns of a sample's row, and the formulas of those that are computed."""

    columns: tuple[str, ...]
    formulas: Mapping[str, sp.Expr]
    parameters: tuple[str, ...]
    totals: tuple[str, ...]

    def cells(self, row: int) -> dict[str, str]:
        """Where each quantity stands for the sample in a row."""
        here = {name: f"{letters(place)}{row}" for place, name in enumerate(self.columns, start=1)}
        return here | self.parameter_cells

    @property
    def parameter_cells(self) -> dict[str, str]:
        """Where each parameter and constant stands."""
        return {name: absolute(f"{letters(place)}{_PARAMETER_ROW}")
                for place, name in enumerate(self.parameters, start=2)}


def lay_out_every_sample(walkthrough: Walkthrough, batch: Batch) -> EverySample:
    """The columns of the sheet: inputs, targets, nodes, adjoints."""
    network = walkthrough.network
    back = go_back(network, most_paths=1, ones=walkthrough.ones)
    return EverySample(
        columns=("", *batch.names, *network.definitions, *back.formulas),
        formulas={**computable(network.definitions), **back.formulas},
        parameters=(*network.constants, *network.parameters),
        totals=(network.loss, *back.gradients),
    )


def samples_sheet(sheet: Worksheet, walkthrough: Walkthrough, batch: Batch, layout: Layout) -> None:
    """Write the sheet; its formulas get their values by `samples_values`."""
    step = lay_out_every_sample(walkthrough, batch)
    _choices(sheet, walkthrough)
    for name, cell in step.parameter_cells.items():
        at = cell.replace("$", "")
        sheet[f"{at.rstrip('0123456789')}{_PARAMETER_ROW - 1}"] = name
        sheet[f"{at.rstrip('0123456789')}{_PARAMETER_ROW - 1}"].style = STYLE.format("number heading")
        sheet[at] = _picked(name, walkthrough, layout)
        sheet[at].number_format = _DIGITS.format
    sheet[f"A{_PARAMETER_ROW}"] = "at this point"
    network = walkthrough.network
    role = roles(network)
    headers = {quantity(network.loss_name, name): partial(network.loss_name, name)
               for name in (*network.definitions, *network.parameters)}
    for place, name in enumerate(step.columns, start=1):
        header = sheet.cell(_HEADER_ROW, place, headers.get(name, name) or "sample")
        header.style = STYLE.format(f"heading {role.get(name, Role.UPDATE)}")
        sheet.column_dimensions[letters(place)].width = max(13, len(header.value) + 2)
    sheet[f"A{_TOTAL_ROW}"] = f"{batch.over} over all"
    last = _FIRST_ROW + len(batch.rows) - 1
    for name in step.totals:
        at = letters(step.columns.index(name) + 1)
        total = f"SUM({at}{_FIRST_ROW}:{at}{last})"
        sheet[f"{at}{_TOTAL_ROW}"] = f"={total}/{len(batch.rows)}" if batch.over == "mean" else f"={total}"
        sheet[f"{at}{_TOTAL_ROW}"].font, sheet[f"{at}{_TOTAL_ROW}"].number_format = _BOLD, _DIGITS.format
    for place, row in enumerate(range(_FIRST_ROW, last + 1)):
        cells = step.cells(row)
        sheet[f"A{row}"] = place + 1
        for column, name in enumerate(batch.names, start=1):
            sheet[cells[name]] = f"={quoted(DATA_SHEET)}!{letters(column)}{DATA_FIRST_ROW + place}"
        for name, expression in step.formulas.items():
            sheet[cells[name]] = f"={emit(expression, cells)}"
            sheet[cells[name]].number_format = _DIGITS.format
    whole = f"B{_TOTAL_ROW}:{letters(len(step.columns))}{last}"
    powers_where(sheet, whole, _DIGITS)
    powers_where(sheet, f"B{_PARAMETER_ROW}:{letters(len(step.parameters) + 1)}{_PARAMETER_ROW}", _DIGITS)
    sheet.freeze_panes = f"B{_FIRST_ROW}"
    sheet.print_title_cols, sheet.print_title_rows = "A:A", f"{_HEADER_ROW}:{_HEADER_ROW}"


def samples_values(
    walkthrough: Walkthrough, batch: Batch, layout: Layout, watched: Mapping[str, Watched]
) -> dict[str, float | str]:
    """The value of every formula on the sheet, at the last update of the first learning rate."""
    step = lay_out_every_sample(walkthrough, batch)
    end = dict(zip((column.name for column in layout.columns), watched[sheet_names(walkthrough)[0]].end, strict=True))
    parameters = {name: end[name] for name in step.parameters}
    found: dict[str, float | str] = {cell.replace("$", ""): parameters[name]
                                     for name, cell in step.parameter_cells.items()}
    program = Program.of((*parameters, *batch.names), step.formulas)
    sums = dict.fromkeys(step.totals, 0.0)
    for row, sample in enumerate(batch.rows, start=_FIRST_ROW):
        given = {**parameters, **dict(zip(batch.names, map(float, sample), strict=True))}
        held = program.interpret({program.variables[name]: value for name, value in given.items()})
        cells = step.cells(row)
        found |= {cells[name]: held[program.variables[name]] for name in (*batch.names, *step.formulas)}
        sums = {name: total + held[program.variables[name]] for name, total in sums.items()}
    count = len(batch.rows) if batch.over == "mean" else 1
    return found | {f"{letters(step.columns.index(name) + 1)}{_TOTAL_ROW}": total / count
                    for name, total in sums.items()}


def _choices(sheet: Worksheet, walkthrough: Walkthrough) -> None:
    """The two cells to type into."""
    names = sheet_names(walkthrough)
    sheet["A1"], sheet["A2"] = "Update", "Training"
    sheet[UPDATE_CELL], sheet[TRAINING_CELL] = walkthrough.updates, names[0]
    sheet["C1"] = f"type a number from 0 to {walkthrough.updates:,}: everything below is computed at that point"
    sheet["C1"].style = STYLE.format("indented quiet")
    whole = DataValidation(type="whole", operator="between", formula1="0", formula2=str(walkthrough.updates))
    whole.add(UPDATE_CELL)
    trainings = DataValidation(type="list", formula1=listed(names))
    trainings.add(TRAINING_CELL)
    for validation in (whole, trainings):
        sheet.add_data_validation(validation)
    for cell in (UPDATE_CELL, TRAINING_CELL):
        sheet[cell].style = STYLE.format("input")
    for cell in ("A1", "A2"):
        sheet[cell].font = _BOLD


def _picked(name: str, walkthrough: Walkthrough, layout: Layout) -> str:
    """The formula that takes a parameter's value at the chosen update of the chosen training."""
    chosen = of_training(walkthrough, absolute(TRAINING_CELL), lambda sheet: (
        f"{quoted(sheet)}!{layout.range_of(name, walkthrough.updates)}"))
    return f"=INDEX({chosen},{absolute(UPDATE_CELL)}+1)"
