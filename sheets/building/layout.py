"""Where every quantity of a training stands in its sheet, and the formula that stands there: pure data."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.gradients.backward import go_back
from derive.names import partial, quantity, symbol
from derive.network import Network
from derive.text import as_text
from derive.training.saturation import computable
from derive.walkthrough import Walkthrough
from sheets.cells import MOST_COLUMNS, absolute, letters
from sheets.formulas.emit import emit

MOST_CHARACTERS = 8_191  # of a formula, besides its =
UPDATE = "update number"
RATE = "learning rate"  # no name of a network has a blank, so neither can collide


class TooLongError(DeriveError):
    """A formula that is longer than Excel takes."""


class Role(StrEnum):
    """What a column is in a training; the word stands over the columns."""

    UPDATE, GIVEN, WEIGHT, FORWARD = "update", "given", "weights", "forward"
    ERROR, BACKWARD, GRADIENT = "error", "backward", "gradients"


class Placement(Struct, frozen=True):
    """Where a table stands on its sheet: its first column and rows, the cells of the rate, the row that tells how each
    column is computed, and the row of the groups (0: none). `counted` puts the number of the update before the columns.
    """

    first_column: int
    told_row: int
    header_row: int
    first_row: int
    rate_label: str
    rate_cell: str
    group_row: int = 0
    counted: bool = False


BARE = Placement(1, 1, 2, 3, "E1", "G1")
"""As in the workbook of the main walkthrough's author: t1 in A, headers in row 2, the start in row 3."""
EXPLAINED = Placement(1, 3, 4, 5, "A1", "C1", group_row=2, counted=True)
"""As one teaches it: the number of the update first, over each column its group and how it is computed."""
PLACEMENTS = MappingProxyType({"bare": BARE, "explained": EXPLAINED})


class Column(Struct, frozen=True):
    """One quantity's column: its ASCII name, the header, the letters, and the formula filled down in it.

    `formula` stands in the first row where `computed`; else the formula is the second row's, and the first row has a
    start value: typed, or the formula `start`. `told` says how the column is computed. A `costly` one is computed only
    where something has changed: LibreOffice computes formulas that cells share at every opening, but no other.
    """

    name: str
    header: str
    letters: str
    formula: str
    computed: bool
    role: Role = Role.GIVEN
    told: str = ""
    start: str = ""
    costly: bool = False


class Layout(Struct, frozen=True, dict=True):
    """The table of one learning rate: headers, the start in the row below them, one update a row below that.

    `formulas` maps every computed quantity to its expression and `updates` each parameter to its gradient's name, both
    in the order of computation: what `derive.training.train_formulas` runs.
    """

    columns: tuple[Column, ...]
    formulas: Mapping[str, sp.Expr]
    updates: Mapping[str, str]
    loss: str
    placement: Placement = BARE

    @property
    def first_row(self) -> int:
        """The row of the start."""
        return self.placement.first_row

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """ASCII name to column."""
        return MappingProxyType({column.name: column for column in self.columns})

    def range_of(self, name: str, updates: int) -> str:
        """The absolute range of a quantity over all rows: `$W$3:$W$285`."""
        at = self.by_name[name].letters
        return f"${at}${self.first_row}:${at}${self.first_row + updates}"

    def first_cell(self, name: str) -> str:
        """The absolute cell of a quantity at the start: `$W$3`."""
        return f"${self.by_name[name].letters}${self.first_row}"


def sheet_names(walkthrough: Walkthrough) -> tuple[str, ...]:
    """What the sheets of the learning rates are called: `LR=0.1`, with the digits as typed, in a bare table, whose
    author called them so; else `Rate 1`, which stays true when the rate is changed."""
    if walkthrough.table == "bare":
        return tuple(sheet_name(rate) for rate in walkthrough.learning_rates)
    return tuple(f"Rate {place}" for place in range(1, len(walkthrough.learning_rates) + 1))


def sheet_name(rate: Decimal) -> str:
    """`LR=0.1`, with the digits as they were typed."""
    return f"LR={rate:f}"


def lay_out(network: Network, placement: Placement = BARE, ones: tuple[str, ...] = ()) -> Layout:
    """The layout of a network's table: targets, inputs, constants, each layer's parameters before its nodes, gradients.

    For the 2-2-2 network and a bare table these are the author's own columns, t1 in A to ∂E/∂w8 in AE. In a network
    with many paths the adjoints that several gradients share stand in columns before them; in a counted table wherever
    a gradient has two, as one teaches it. `ones` are targets that add up to 1.
    DeriveError where the sheet is too small.
    """
    back = go_back(network, most_paths=1, ones=ones) if placement.counted else go_back(network, ones=ones)
    slopes = {name: quantity(network.loss_name, name) for name in network.parameters}
    formulas = {**computable(network.definitions), **back.formulas}
    headers = {
        quantity(network.loss_name, name): partial(network.loss_name, name)
        for name in (*network.definitions, *network.parameters)
    }
    order = [*_forward_order(network), *back.formulas]
    told = {name: with_partials(network, as_text(expression))
            for name, expression in {**network.definitions, **back.formulas}.items()}
    return layout_of(order, headers, formulas, slopes, network.loss,
                     lambda name, cells: emit(formulas[name], cells), roles(network), told, placement)


def roles(network: Network) -> dict[str, Role]:
    """Each quantity of a network to what it is; what a target reaches is an error."""
    found = {**dict.fromkeys(network.leaves, Role.GIVEN), **dict.fromkeys(network.parameters, Role.WEIGHT)}
    errors = {*network.judged, network.loss}
    found |= {node.name: Role.ERROR if node.name in errors else Role.FORWARD for node in network.nodes}
    found |= {quantity(network.loss_name, node.name): Role.BACKWARD for node in network.nodes}
    return found | {quantity(network.loss_name, name): Role.GRADIENT for name in network.parameters}


def layout_of(
    order: Sequence[str],
    headers: Mapping[str, str],
    formulas: Mapping[str, sp.Expr],
    updates: Mapping[str, str],
    loss: str,
    written: Callable[[str, Mapping[str, str]], str],
    role: Mapping[str, Role],
    told: Mapping[str, str],
    placement: Placement = BARE,
) -> Layout:
    """The layout with the quantities of `order` from the first column on; `written` gives a computed one's formula.

    It is asked with the cells of the first row. A parameter's formula is its update, another leaf's the cell above.
    `role` and `told` say of each quantity what it is and how it is computed.
    """
    order = [*((UPDATE,) if placement.counted else ()), *order]
    check_columns(len(order))
    at = {name: letters(place) for place, name in enumerate(order, start=placement.first_column)}
    here = {name: f"{column}{placement.first_row}" for name, column in at.items()}
    here[RATE] = absolute(placement.rate_cell)
    headers = {**headers, UPDATE: "update"}

    def formula(name: str) -> str:
        if name == UPDATE:
            return f"{here[name]}+1"
        if name in formulas:
            return checked_length(headers.get(name, name), written(name, here))
        return emit(update(name, updates[name]), here) if name in updates else here[name]

    def how(name: str) -> str:
        if name in updates:
            return f"{name} - rate * {headers[updates[name]]}, of the row above"
        return told.get(name, "" if name == UPDATE else "given")

    return Layout(
        columns=tuple(
            Column(name, headers.get(name, name), at[name], formula(name), name in formulas,
                   role.get(name, Role.UPDATE), how(name)) for name in order
        ),
        formulas=MappingProxyType(dict(formulas)),
        updates=MappingProxyType(dict(updates)),
        loss=loss,
        placement=placement,
    )


def with_partials(network: Network, text: str) -> str:
    """A text with ∂E/∂h1 for the ASCII name dE/dh1 of each derivative of the loss."""
    return text.replace(f"d{network.loss_name}/d", f"∂{network.loss_name}/∂")


def with_start(layout: Layout, start: Mapping[str, str]) -> Layout:
    """The same table with start values taken from elsewhere: a quantity's name to the formula in its first cell."""
    columns = (replace(column, start=start.get(column.name, "")) for column in layout.columns)
    return replace(layout, columns=tuple(columns))


def check_columns(count: int) -> None:
    """DeriveError where a table has more columns than a sheet."""
    if count > MOST_COLUMNS:
        raise DeriveError("the sheet", f"{count:,} columns",
                          f"Excel has {MOST_COLUMNS:,}: fewer neurons or samples fit")


def checked_length(name: str, formula: str) -> str:
    """A formula that Excel takes; TooLongError names the quantity whose formula is too long."""
    if len(formula) > MOST_CHARACTERS:
        raise TooLongError(name, f"its formula has {len(formula):,} characters",
                           f"Excel takes {MOST_CHARACTERS:,}: fewer neurons fit")
    return formula


def update(parameter: str, gradient: str) -> sp.Expr:
    """parameter - learning rate * gradient, all of the row above."""
    step = sp.Mul(sp.Integer(-1), symbol(RATE), symbol(gradient), evaluate=False)
    return sp.Add(symbol(parameter), step, evaluate=False)


def _forward_order(network: Network) -> list[str]:
    """Targets, inputs, constants; then the nodes as written, the parameters of each layer before its first node."""
    layer_of: dict[str, int] = dict.fromkeys(network.leaves, 0)
    waiting = dict.fromkeys(network.parameters)
    order = [*network.targets, *network.inputs, *network.constants]
    needs: dict[str, int] = {}
    for node in network.nodes:
        own = [parent for parent in node.parents if parent in waiting]
        layer_of[node.name] = max((layer_of[parent] for parent in node.parents), default=0) + bool(own)
        for parameter in own:
            needs.setdefault(parameter, layer_of[node.name])
    placed: set[int] = set()
    for node in network.nodes:
        layer = layer_of[node.name]
        if layer not in placed:
            placed.add(layer)
            order += [parameter for parameter in network.parameters if needs.get(parameter) == layer]
        order.append(node.name)
    return [*order, *(parameter for parameter in network.parameters if parameter not in needs)]
