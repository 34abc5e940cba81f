"""The table of a training on many samples: every quantity of a row is one formula over all of them.

The samples stand on the sheet Data, each input and target a named column (`data_x1`). What the network computes for one
sample has no cell here, so each node is written out in the formulas that use it, down to inputs and parameters:

    =SUMPRODUCT((data_y-(A3*data_x1+B3*data_x2+C3*data_x3))^2)/5

SUMPRODUCT computes over whole columns in every version of Excel and LibreOffice, without Ctrl-Shift-Enter. The formulas
name the columns instead of pointing at them, because a formula that is filled down may not point into another sheet.
"""

from collections.abc import Mapping
from types import MappingProxyType

import sympy as sp
from msgspec.structs import replace

from derive.gradients.backward import go_back
from derive.names import partial, quantity
from derive.network import Network
from derive.text import as_text
from derive.training.saturation import computable
from derive.walkthrough.samples import Batch
from sheets.building.layout import BARE, MOST_CHARACTERS, Layout, Placement, Role, TooLongError, layout_of, roles
from sheets.cells import letters, quoted
from sheets.formulas.emit import emit

DATA_SHEET = "Data"
DATA_FIRST_ROW = 2


def lay_out_samples(
    network: Network, batch: Batch, placement: Placement = BARE, ones: tuple[str, ...] = ()
) -> Layout:
    """The table's columns: constants, parameters, the loss over all samples, its gradients.

    TooLongError where a formula is longer than Excel takes.
    """
    loss = {batch.total: network.loss}
    slopes = {name: quantity(batch.total, name) for name in network.parameters}
    of_one = loss | {slopes[name]: quantity(network.loss_name, name) for name in network.parameters}
    definitions = {**computable(network.definitions), **go_back(network, ones=ones).formulas}
    headers = {slopes[name]: partial(batch.total, name) for name in network.parameters}
    _check_sizes(definitions, {headers.get(name, name): one for name, one in of_one.items()})
    in_leaves = _written_out(definitions)
    formulas = {name: in_leaves[one] for name, one in of_one.items()}
    columns = data_names(batch)
    count = len(batch.rows)

    def over_all(name: str, cells: Mapping[str, str]) -> str:
        written = emit(formulas[name], {**cells, **columns})
        if not any(column in written for column in columns.values()):  # a sum of one and the same number
            return f"({written})" if batch.over == "mean" else f"{count}*({written})"
        return f"SUMPRODUCT({written})" + (f"/{count}" if batch.over == "mean" else "")

    order = [*network.constants, *network.parameters, *of_one]
    told = {name: f"{batch.over} over the samples of {_told(network, one)}" for name, one in of_one.items()}
    role = {**roles(network), batch.total: Role.ERROR, **dict.fromkeys(slopes.values(), Role.GRADIENT)}
    layout = layout_of(order, headers, formulas, slopes, batch.total, over_all, role, told, placement)
    return replace(layout, columns=tuple(replace(column, costly=column.computed) for column in layout.columns))


def _told(network: Network, name: str) -> str:
    """A quantity of one sample as its header says it."""
    return {quantity(network.loss_name, own): partial(network.loss_name, own) for own in network.parameters}.get(
        name, as_text(network.definitions[name]) if name in network.definitions else name)


def data_names(batch: Batch) -> Mapping[str, str]:
    """Input or target to the name of its column on the sheet Data; Excel's names do not tell x from X."""
    found: dict[str, str] = {}
    for name in batch.names:
        column = f"data_{name}"
        while column.casefold() in {other.casefold() for other in found.values()}:
            column += "_"
        found[name] = column
    return MappingProxyType(found)


def data_range(batch: Batch, name: str) -> str:
    """Where a column of the samples stands: `'Data'!$A$2:$A$122`."""
    at = letters(batch.names.index(name) + 1)
    return f"{quoted(DATA_SHEET)}!${at}${DATA_FIRST_ROW}:${at}${DATA_FIRST_ROW + len(batch.rows) - 1}"


def written_out(network: Network, name: str) -> sp.Expr | None:
    """A node in inputs, constants and parameters alone, in the order written; None where that is too long."""
    sizes = _sizes(network.definitions)
    return _written_out(network.definitions)[name] if sizes[name] <= MOST_CHARACTERS // 2 else None


def _written_out(definitions: Mapping[str, sp.Expr]) -> dict[str, sp.Expr]:
    """Every quantity in leaves alone, nothing reordered."""
    found: dict[str, sp.Expr] = {}
    for name, expression in definitions.items():
        found[name] = put_in(found, expression)
    return found


def put_in(meanings: Mapping[str, sp.Expr], expression: sp.Expr) -> sp.Expr:
    """An expression with what names mean in their place, nothing reordered."""
    if expression.is_Symbol:
        return meanings.get(expression.name, expression)
    if not expression.args:
        return expression
    arguments = [put_in(meanings, argument) for argument in expression.args]
    if arguments == list(expression.args):
        return expression
    rebuilt: sp.Expr = expression.func(*arguments, evaluate=False)
    return rebuilt


def _sizes(definitions: Mapping[str, sp.Expr]) -> dict[str, int]:
    """How many symbols each quantity has once it is written out; counted without writing it."""
    sizes: dict[str, int] = {}
    for name, expression in definitions.items():
        sizes[name] = sum(sizes.get(part.name, 1) for part in sp.preorder_traversal(expression) if part.is_Symbol)
    return sizes


def _check_sizes(definitions: Mapping[str, sp.Expr], of_one: Mapping[str, str]) -> None:
    """Refuse, before any work, what could never fit: each symbol takes two characters and an operator at least."""
    sizes = _sizes(definitions)
    for name, one in of_one.items():
        if sizes[one] > MOST_CHARACTERS // 2:
            raise TooLongError(name, f"its formula over all samples has {sizes[one]:,} cells in it",
                               f"Excel takes {MOST_CHARACTERS:,} characters: fewer neurons fit, or one sample")
