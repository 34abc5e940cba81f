"""Asks `decide` about a formula, and looks through what only seems to differ: helper columns and typed constants."""

import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.equality import Proved
from derive.errors import DeriveError
from derive.gradients.chain import derive_by, derive_gradients
from derive.names import symbol
from derive.network import Network
from sheets.auditing.body import Body
from sheets.auditing.deciding import SIGNED, Verdict, but_for_kinks, decided
from sheets.auditing.formulas import Formula
from sheets.auditing.recovery import Meanings
from sheets.auditing.rounding import Rounding, unrounded
from sheets.auditing.spots import Spot, spot_of
from sheets.auditing.tables import Column
from sheets.auditing.work import Work
from sheets.formulas.calculation import calculator

_LOOK = 1e-7
_MOST_LOOKS = 150_000
"""How many nodes of expressions are looked at for the slips of a table: some seconds of work."""
_MOST_NODES = 5_000


class Claim(Struct, frozen=True):
    """What a column's formula says in some of its rows, helper columns looked through and roundings taken off."""

    column: Column
    formula: Formula
    rows: tuple[int, ...]
    expression: sp.Expr
    fault: str = ""
    rounded: tuple[Rounding, ...] = ()


class Subject(Struct, frozen=True, dict=True):
    """A table together with the network that it is judged by."""

    body: Body
    meanings: Meanings
    network: Network

    @cached_property
    def partials(self) -> Mapping[str, sp.Expr]:
        """The right derivative of every column that is headed as one of the network's."""
        found = {}
        for column in self.body.table.columns:
            if column.is_partial:
                of = self.network.loss if column.of == "E" else column.of
                if of in self.network.definitions and column.by in self.network.names:
                    found[column.name] = derive_by(self.network, of, column.by).value
                elif of == self.network.loss and column.by in self.body.table.by_name:
                    found[column.name] = sp.Integer(0)  # what the loss is not computed from
        return MappingProxyType(found)

    @cached_property
    def is_computed(self) -> bool:
        """Whether any column of the network holds formulas, so that numbers beside them have no excuse to be short."""
        return any(self.body.filled[name].formulas for name in self.right)

    def is_open(self, expression: sp.Expr, right: sp.Expr) -> bool:
        """Whether what stands or what belongs there rests on a quantity that is still to come."""
        to_come = {name for name in self.body.to_come if name not in self.right}
        read = {name for e in (expression, right) for name in map(str, e.free_symbols)}
        return not to_come.isdisjoint(read) or not to_come.isdisjoint(self.network.leaves)

    @cached_property
    def gradients(self) -> Mapping[str, sp.Expr]:
        """The right derivative of the loss by every parameter."""
        return MappingProxyType({name: found.value for name, found in derive_gradients(self.network).items()})

    def is_multiplier(self, parameter: str) -> bool:
        """Whether the loss is linear in a parameter, and not in all: it steps up where the others step down."""
        return self._is_linear(parameter) and not all(map(self._is_linear, self.gradients))

    def _is_linear(self, parameter: str) -> bool:
        slope = self.gradients[parameter]
        for node in reversed(self.network.nodes):
            slope = slope.xreplace({symbol(node.name): node.expression})
        return not slope.has(*SIGNED) and symbol(parameter) not in sp.expand(slope).free_symbols

    @cached_property
    def right(self) -> Mapping[str, sp.Expr]:
        """What belongs in each computed column, in the names of its row."""
        columns = self.body.table.by_name
        return MappingProxyType({**{name: e for name, e in self.network.definitions.items() if name in columns},
                                 **self.partials})

    @cached_property
    def _definitions(self) -> tuple[tuple[str, sp.Expr], ...]:
        others, last = self.ones[:-1], self.ones[-1:]
        known = [(name, sp.Add(1, *(-symbol(other) for other in others))) for name in last]
        return (*known, *self.network.definitions.items(), *self.partials.items())

    @cached_property
    def ones(self) -> tuple[str, ...]:
        """The targets of a cross-entropy, where they add up to 1 in every row; else nothing."""
        terms = (term for written in self.network.definitions.values() for term in sp.preorder_traversal(written)
                 if term.is_Mul and any(isinstance(factor, sp.log) for factor in term.args))
        weights = (factor.as_coeff_Mul()[1] for term in terms for factor in term.args)
        names = tuple(dict.fromkeys(w.name for w in weights if w.is_Symbol and w.name in self.network.leaves))
        rows = [row for row in zip(*map(self._numbers, names), strict=False) if any(n is not None for n in row)]
        if len(names) < 2 or not rows or any(None in row or abs(sum(row) - 1) > _LOOK for row in rows):
            return ()
        return names

    def _numbers(self, name: str) -> Sequence[float | None]:
        """The numbers of a quantity in every row, of a column of samples in every sample, of a cell its own."""
        table = self.body.table
        if name in table.by_name:
            at = table.by_name[name].number
            return [self.body.sheet.number((row, at)) for row in range(table.first_row, table.last_row + 1)]
        return self.body.outside_numbers(name) or (self.body.outside_number(name),)

    def prove(self, left: sp.Expr, right: sp.Expr) -> Verdict:
        """Whether two expressions of one row agree, every name standing for what it should hold."""
        if right in self.network.definitions.values():  # a quantity has a value at its kink, a slope may have none
            return decided(left, right, self._definitions)
        return but_for_kinks(lambda a, b, known: decided(a, b, tuple(known.items())), left, right,
                             dict(self._definitions))

    def agree(self, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether two expressions are proved equal; most that are not are told apart by one look in floating point.

        Slips are looked for by it, so long as there is work left.
        """
        if self.is_spent:
            return False
        a, b = self._look(left), self._look(right)
        if math.isfinite(a) and math.isfinite(b) and abs(a - b) > _LOOK * max(abs(a), abs(b)):
            return False
        return isinstance(self.prove(left, right), Proved)

    def _look(self, expression: sp.Expr) -> float:
        names, calculate, size = _lowered(expression)
        self._work.spend(size)
        return calculate([self._point[name] if name in self._point else _unlike(name) for name in names])

    @property
    def is_spent(self) -> bool:
        """Whether no slips are looked for any more."""
        return self._work.is_done

    @cached_property
    def _work(self) -> Work:
        return Work(_MOST_LOOKS)

    @cached_property
    def _point(self) -> Mapping[str, float]:
        """A value of every name at which one look is taken, the nodes computed from the leaves."""
        found: dict[str, float] = {name: _unlike(name) for name in self.network.leaves}
        for name, expression in self._definitions:
            names, calculate, _ = _lowered(expression)
            found[name] = calculate([found[n] if n in found else _unlike(n) for n in names])
        return MappingProxyType(found)

    @cached_property
    def _formula_of(self) -> Mapping[str, Mapping[int, Formula]]:
        return MappingProxyType({
            name: {row: formula for formula in filled.formulas for row in formula.rows}
            for name, filled in self.body.filled.items()
        })

    def in_words(self, text: str) -> str:
        """A text with every quantity called as the workbook's own header calls it."""
        own = {name: " ".join(column.label.split()) for name, column in self.body.table.by_name.items()
               if column.label and not column.is_partial and name != column.label}
        text = _OTHER_ROW.sub(lambda match: spot_of(match[0]).in_words, text)
        if not own:
            return text
        either = "|".join(re.escape(name) for name in sorted(own, key=len, reverse=True))
        return re.sub(rf"(?<![\w/])(?:{either})(?!\w)", lambda match: own[match[0]], text)

    def is_helper(self, name: str) -> bool:
        """Whether a column's formulas are looked through: it holds no quantity of the network, and no state."""
        known = name in self.network.names or name in self.partials
        return name in self.body.table.by_name and not known and not self.is_state(name)

    def is_state(self, name: str) -> bool:
        """Whether a column of no known quantity goes on from its own row above: a rate that decays, a momentum."""
        column = self.body.table.by_name.get(name)
        if column is None or name in self.network.names or name in self.partials:
            return False
        return any(Spot(name, -1).name in formula.names for formula in self.body.filled[name].formulas)

    def claims(self, name: str) -> Iterator[Claim]:
        """What each distinct formula of a column says; apart, rows whose helper columns say different things."""
        column = self.body.table.by_name[name]
        for formula in self.body.filled[name].formulas:
            expression = self.meanings.expressions.get((name, formula))
            if expression is None:
                continue
            if not any(self.is_helper(spot_of(n).quantity) for n in formula.names):
                plain, rounded = unrounded(expression)
                yield Claim(column, formula, formula.rows, plain, rounded=rounded)
                continue
            apart: dict[sp.Expr, list[int]] = {}
            try:
                for row in formula.rows:
                    apart.setdefault(self.expanded(expression, row, (name,)), []).append(row)
            except DeriveError as error:
                yield Claim(column, formula, formula.rows, expression, error.found)
                continue
            for expanded, rows in apart.items():
                plain, rounded = unrounded(expanded)
                yield Claim(column, formula, tuple(rows), plain, rounded=rounded)

    def expanded(self, expression: sp.Expr, row: int, seen: tuple[str, ...] = ()) -> sp.Expr:
        """An expression with the formulas of helper columns in `row` put for their names."""
        found = {}
        for free in expression.free_symbols:
            spot = spot_of(free.name)
            name = spot.quantity
            if not self.is_helper(name) or name in seen or spot.fixed is not None:
                continue
            there = self.body.table.moved(row, spot.steps)
            formula = self._formula_of[name].get(there)
            inner = None if formula is None else self.meanings.expressions.get((name, formula))
            if inner is not None:
                inner = self.expanded(inner, there, (*seen, name))
                found[free] = shifted(inner, spot.steps, self.body)
        whole = expression.xreplace(found) if found else expression
        if found and sum(1 for _ in islice(sp.preorder_traversal(whole), _MOST_NODES + 1)) > _MOST_NODES:
            raise DeriveError("", "the helper columns together are too long")
        return whole

    def value(self, name: str, row: int) -> float | None:
        """The number that a name stands for in a row."""
        return self.body.value(name, row)


_OTHER_ROW = re.compile(r"[\w/]+@[-+$]\d+")


@lru_cache(maxsize=8192)
def _lowered(expression: sp.Expr) -> tuple[tuple[str, ...], Callable[[Sequence[float]], float], int]:
    """The names in an expression, its value at theirs, its size; a table asks for the same ones again and again."""
    names = tuple(sorted(s.name for s in expression.free_symbols))
    return names, calculator(expression, names), sum(1 for _ in sp.preorder_traversal(expression))


def _unlike(name: str) -> float:
    """A number for a name, like no other name's."""
    return 0.2 + zlib.crc32(name.encode()) / 2**32


def shifted(expression: sp.Expr, rows: int, body: Body) -> sp.Expr:
    """An expression of one row's names as seen from another: `w1` three rows down is `w1@+3`."""
    if not rows:
        return expression
    moved = {}
    for free in expression.free_symbols:
        spot = spot_of(free.name)
        if spot.quantity in body.table.by_name and spot.quantity not in body.constant and spot.fixed is None:
            moved[free] = Spot(spot.quantity, spot.steps + rows).symbol
    return expression.xreplace(moved)
