"""Where every quantity of a training stands in its sheet, and the formula that stands there: pure data."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.backward import go_back
from derive.errors import DeriveError
from derive.names import partial, quantity, symbol
from derive.network import Network
from sheets.cells import MOST_COLUMNS, absolute, letters
from sheets.emit import emit

HEADER_ROW = 2
FIRST_ROW = 3
RATE_LABEL = "E1"
RATE_CELL = "G1"
MOST_CHARACTERS = 8_191  # of a formula, besides its =
_RATE = "learning rate"  # no name of a network has a blank, so it cannot collide


class Column(Struct, frozen=True):
    """One quantity's column: its ASCII name, the header, the letters, and the formula filled down in it.

    `formula` stands in the first row where `computed`; else the first row has a typed start value, and the formula is
    the second row's.
    """

    name: str
    header: str
    letters: str
    formula: str
    computed: bool


class Layout(Struct, frozen=True, dict=True):
    """The table of one learning rate, headers in row 2, start in row 3, one update a row below.

    `formulas` maps every computed quantity to its expression and `updates` each parameter to its gradient's name, both
    in the order of computation: what `derive.training.train_formulas` runs.
    """

    columns: tuple[Column, ...]
    formulas: Mapping[str, sp.Expr]
    updates: Mapping[str, str]
    loss: str

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """ASCII name to column."""
        return MappingProxyType({column.name: column for column in self.columns})

    def range_of(self, name: str, updates: int) -> str:
        """The absolute range of a quantity over all rows: `$W$3:$W$285`."""
        at = self.by_name[name].letters
        return f"${at}${FIRST_ROW}:${at}${FIRST_ROW + updates}"


def sheet_name(rate: Decimal) -> str:
    """`LR=0.1`, with the digits as they were typed."""
    return f"LR={rate:f}"


def lay_out(network: Network) -> Layout:
    """The layout of a network's table: targets, inputs, constants, each layer's parameters before its nodes, gradients.

    For the 2-2-2 network these are the author's own columns, t1 in A to ∂E/∂w8 in AE. In a network with many paths the
    adjoints that several gradients share stand in columns before them. DeriveError where the sheet is too small.
    """
    back = go_back(network)
    slopes = {name: quantity(network.loss_name, name) for name in network.parameters}
    formulas = {**network.definitions, **back.formulas}
    headers = {
        quantity(network.loss_name, name): partial(network.loss_name, name)
        for name in (*network.definitions, *network.parameters)
    }
    order = [*_forward_order(network), *back.formulas]
    return layout_of(order, headers, formulas, slopes, network.loss, lambda name, cells: emit(formulas[name], cells))


def layout_of(
    order: Sequence[str],
    headers: Mapping[str, str],
    formulas: Mapping[str, sp.Expr],
    updates: Mapping[str, str],
    loss: str,
    written: Callable[[str, Mapping[str, str]], str],
) -> Layout:
    """The layout with the quantities of `order` from column A on; `written` gives a computed quantity's formula.

    It is asked with the cells of the first row. A parameter's formula is its update, another leaf's the cell above.
    """
    if len(order) > MOST_COLUMNS:
        raise DeriveError("the sheet", f"{len(order):,} columns", f"Excel has {MOST_COLUMNS:,}: fewer neurons fit")
    at = {name: letters(place) for place, name in enumerate(order, start=1)}
    here = {name: f"{column}{FIRST_ROW}" for name, column in at.items()}
    here[_RATE] = absolute(RATE_CELL)

    def formula(name: str) -> str:
        if name in formulas:
            return checked_length(headers.get(name, name), written(name, here))
        return emit(_update(name, updates[name]), here) if name in updates else here[name]

    return Layout(
        columns=tuple(
            Column(name, headers.get(name, name), at[name], formula(name), name in formulas) for name in order
        ),
        formulas=MappingProxyType(dict(formulas)),
        updates=MappingProxyType(dict(updates)),
        loss=loss,
    )


def checked_length(name: str, formula: str) -> str:
    """A formula that Excel takes; DeriveError names the quantity whose formula is too long."""
    if len(formula) > MOST_CHARACTERS:
        raise DeriveError(name, f"its formula has {len(formula):,} characters",
                          f"Excel takes {MOST_CHARACTERS:,}: fewer neurons fit")
    return formula


def _update(parameter: str, gradient: str) -> sp.Expr:
    """parameter - rate * gradient, all of the row above."""
    step = sp.Mul(sp.Integer(-1), symbol(_RATE), symbol(gradient), evaluate=False)
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
