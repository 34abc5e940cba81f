"""The network that a table defines: from the error cell down to weights and inputs."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network, make_network
from derive.reach import reached
from sheets.auditing.activations import named
from sheets.auditing.body import Body
from sheets.auditing.digits import with_e
from sheets.auditing.formulas import Formula
from sheets.auditing.labels import PARAMETERS
from sheets.auditing.rounding import unrounded
from sheets.auditing.spots import Spot, spot_of
from sheets.auditing.tables import Column


class Meanings(Struct, frozen=True):
    """What the formulas of a table say: `expressions` by column and formula, else why not in `faults`.

    A fault is a GivesError where the cell shows an error, any other DeriveError where the formula is not understood.
    """

    expressions: Mapping[tuple[str, Formula], sp.Expr]
    faults: Mapping[tuple[str, Formula], DeriveError]

    def main(self, body: Body, name: str) -> sp.Expr | None:
        """The expression of a column's most frequent formula, None where it has none that is understood."""
        formula = body.filled[name].main
        return None if formula is None else self.expressions.get((name, formula))


def read_meanings(body: Body) -> Meanings:
    """Every distinct formula of a table, read."""
    expressions, faults = {}, {}
    for name, filled in body.filled.items():
        for formula in filled.formulas:
            try:
                expressions[name, formula] = body.read(formula)
            except DeriveError as error:
                faults[name, formula] = error
    return Meanings(MappingProxyType(expressions), MappingProxyType(faults))


def own_definition(body: Body, meanings: Meanings, name: str) -> sp.Expr | None:
    """What a column computes from its own row: its most frequent formula that reads no other row of the table."""
    for formula in body.filled[name].formulas:
        expression = meanings.expressions.get((name, formula))
        if expression is not None and _is_of_its_row(body, expression):
            return unrounded(expression)[0]
    return None


def _is_of_its_row(body: Body, expression: sp.Expr) -> bool:
    names = {free.name for free in expression.free_symbols}
    return bool(names & set(body.table.by_name)) and all(spot_of(name).is_own for name in names)


def parameters(body: Body) -> frozenset[str]:
    """The quantities of a table that training changes."""
    return frozenset(name for name in body.table.by_name if "#" not in name and _is_parameter(body, name))


def loss_column(body: Body) -> Column | None:
    """The column of the loss: the one headed so, else the last that is headed as some loss."""
    losses = [column for column in body.table.columns if column.key.kind == "loss" and not column.is_partial]
    total = next((column for column in losses if not column.key.which and "#" not in column.name), None)
    return total or (losses[-1] if len(losses) == 1 else None)


def _is_part(body: Body, meanings: Meanings, loss: Column) -> bool:
    """Whether another column that is headed as a loss adds this one to something."""
    others = (column.name for column in body.table.columns
              if column.key.kind == "loss" and not column.is_partial and column.name != loss.name)
    stated = (meanings.main(body, name) for name in others)
    return any(one is not None and symbol(loss.name) in one.args for one in stated if one is not None and one.is_Add)


def recover_network(body: Body, meanings: Meanings) -> Network | None:
    """The network that the table's own formulas state, None where the loss column holds no formulas, or a difference.

    None also where another loss adds this one to a penalty: no header says which of them is stepped along.
    DeriveError where they go in a circle, or where one that it needs is not understood.
    """
    loss = loss_column(body)
    stated = None if loss is None else own_definition(body, meanings, loss.name)
    if loss is None or stated is None or _is_difference(stated) or _is_part(body, meanings, loss):
        return None
    order = {column.name: column.number for column in body.table.columns}
    equations: dict[str, sp.Expr] = {}
    leaves: dict[str, None] = {}
    for name in _below(body, meanings, loss.name):
        definition = None if _is_given(body, name) else own_definition(body, meanings, name)
        fault = next((f for (n, _), f in meanings.faults.items() if n == name), None)
        if definition is None and fault is not None and not _is_given(body, name):
            raise DeriveError(name, f"the formula of {name} is not understood: {fault.found}")
        if definition is None:
            leaves[name] = None
        else:
            equations[name] = named(with_e(definition)[0])
    leaves = dict.fromkeys(sorted(leaves, key=lambda name: order.get(name, 0)))
    changed = [name for name in leaves if _is_parameter(body, name) or _is_stepped(body, name)]
    if not changed and (cut := [name for name in leaves if name in body.table.by_name and parameters(body)]):
        raise DeriveError(loss.name, f"{loss.name} is computed from no weight: {', '.join(cut)} are typed")
    targets = [name for name in leaves if name in body.table.by_name and body.table.by_name[name].key.kind == "target"]
    inputs = [name for name in leaves if name not in changed and name not in targets]
    in_order = sorted(equations.items(), key=lambda equation: order[equation[0]])
    return make_network(in_order, inputs=inputs, targets=targets, parameters=changed, loss=loss.name,
                        aliases=[("E", loss.name)] if "E" not in {*equations, *leaves} else [],
                        where=f"{body.table.sheet}!{body.table.header_row}")


def _is_difference(expression: sp.Expr) -> bool:
    """Whether an expression is a - b: an error with its sign, which nobody goes down along."""
    return expression.is_Add and len(expression.args) == 2 and sorted(
        (-term).is_Symbol for term in expression.args if term.is_Symbol or (-term).is_Symbol) == [False, True]


def _below(body: Body, meanings: Meanings, name: str) -> Iterator[str]:
    """A quantity and everything that it is computed from, each once."""
    def read(name: str) -> list[str]:
        is_computed = name in body.table.by_name and not _is_given(body, name)
        definition = own_definition(body, meanings, name) if is_computed else None
        return [] if definition is None else sorted(free.name for free in definition.free_symbols)

    return reached([name], read)


def _is_given(body: Body, name: str) -> bool:
    """Whether a quantity is given rather than computed: a cell outside, a constant, a parameter."""
    return name not in body.table.by_name or name in body.constant or _is_parameter(body, name)


def _is_parameter(body: Body, name: str) -> bool:
    """Whether training is to change a quantity: a gradient by it has a column, or it is headed as a weight and changes.
    """
    column = body.table.by_name.get(name)
    if column is None or column.is_partial:
        return False
    if any(other.by == name for other in body.table.columns):
        is_copied = column.key.kind == "name" and name in body.constant
        return column.key.kind in PARAMETERS or is_copied or _is_updated(body, name)
    return column.key.kind in PARAMETERS and (name not in body.constant or len(body.table.rows) == 1)


def _is_updated(body: Body, name: str) -> bool:
    """Whether a column's formulas read its own row above, as an update does."""
    return any(Spot(name, -1).name in formula.names for formula in body.filled[name].formulas)


def _is_stepped(body: Body, name: str) -> bool:
    """Whether a column is computed from its own row above and from another column, whatever it is called."""
    names = {name for formula in (body.filled[name].formulas if name in body.filled else ()) for name in formula.names}
    above = Spot(name, -1).name
    return above in names and any(spot_of(n).quantity in body.table.by_name for n in names if n != above)


def restricted(network: Network, names: frozenset[str]) -> Network | None:
    """A network without the nodes outside `names`, their expressions put where they were used.

    None where a leaf is outside, or the loss.
    """
    if not set(network.leaves) <= names or network.loss not in names:
        return None
    gone: dict[sp.Symbol, sp.Expr] = {}
    kept = []
    for node in network.nodes:
        expression = node.expression.xreplace(gone) if gone else node.expression
        if node.name in names:
            kept.append((node.name, expression))
        else:
            gone[symbol(node.name)] = expression
    return make_network(kept, inputs=network.inputs, targets=network.targets, parameters=network.parameters,
                        constants=network.constants, loss=network.loss, aliases=network.aliases)
