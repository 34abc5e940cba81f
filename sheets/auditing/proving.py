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

from derive.chain import derive_by, derive_gradients
from derive.equality import Proved
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from derive.slopes import share_of
from sheets.auditing.body import Body
from sheets.auditing.deciding import Verdict, decided
from sheets.auditing.formulas import Formula
from sheets.auditing.recovery import Meanings
from sheets.auditing.rounding import Rounding, unrounded
from sheets.auditing.tables import Column
from sheets.calculation import calculator

_LOOK = 1e-7
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

    @cached_property
    def gradients(self) -> Mapping[str, sp.Expr]:
        """The right derivative of the loss by every parameter."""
        return MappingProxyType({name: found.value for name, found in derive_gradients(self.network).items()})

    @cached_property
    def right(self) -> Mapping[str, sp.Expr]:
        """What belongs in each computed column, in the names of its row."""
        columns = self.body.table.by_name
        return MappingProxyType({**{name: e for name, e in self.network.definitions.items() if name in columns},
                                 **self.partials})

    @cached_property
    def _definitions(self) -> tuple[tuple[str, sp.Expr], ...]:
        *others, last = map(symbol, self.ones or ("",))
        known = ((last.name, sp.Add(1, *(-one for one in others))),) if others else ()
        return (*known, *self.network.definitions.items(), *self.partials.items())

    @cached_property
    def ones(self) -> tuple[str, ...]:
        """The targets of a softmax, where they add up to 1 in every row; else nothing."""
        parts = [part for written in self.network.definitions.values() for part in sp.preorder_traversal(written)]
        weights = (factor.as_coeff_Mul()[1] for part in parts for factor in part.args
                   if part.is_Mul and any(isinstance(other, sp.log) for other in part.args))
        names = tuple(dict.fromkeys(w.name for w in weights if w.is_Symbol and w.name in self.network.leaves))
        if len(names) < 2 or all(share_of(part) is None for part in parts):
            return ()
        numbers = [self._numbers(name) for name in names]
        if any(n is None for column in numbers for n in column):
            return ()
        if any(abs(sum(n or 0.0 for n in row) - 1) > _LOOK for row in zip(*numbers, strict=False)):
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
        return decided(left, right, self._definitions)

    def agree(self, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether two expressions are proved equal; most that are not are told apart by one look in floating point."""
        a, b = self._look(left), self._look(right)
        if math.isfinite(a) and math.isfinite(b) and abs(a - b) > _LOOK * max(abs(a), abs(b)):
            return False
        return isinstance(self.prove(left, right), Proved)

    def _look(self, expression: sp.Expr) -> float:
        names, calculate = _lowered(expression)
        return calculate([self._point[name] if name in self._point else _unlike(name) for name in names])

    @cached_property
    def _point(self) -> Mapping[str, float]:
        """A value of every name at which one look is taken, the nodes computed from the leaves."""
        found: dict[str, float] = {name: _unlike(name) for name in self.network.leaves}
        for name, expression in self._definitions:
            names, calculate = _lowered(expression)
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
        text = _OTHER_ROW.sub(_row_in_words, text)
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
        return any(f"{name}@-1" in formula.names for formula in self.body.filled[name].formulas)

    def claims(self, name: str) -> Iterator[Claim]:
        """What each distinct formula of a column says; apart, rows whose helper columns say different things."""
        column = self.body.table.by_name[name]
        for formula in self.body.filled[name].formulas:
            expression = self.meanings.expressions.get((name, formula))
            if expression is None:
                continue
            if not any(self.is_helper(n.partition("@")[0]) for n in formula.names):
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
            name, _, offset = free.name.partition("@")
            if free.name in self.body.table.by_name:
                name, offset = free.name, ""
            if not self.is_helper(name) or name in seen or offset.startswith("$"):
                continue
            there = self.body.table.moved(row, int(offset or 0))
            formula = self._formula_of[name].get(there)
            inner = None if formula is None else self.meanings.expressions.get((name, formula))
            if inner is not None:
                inner = self.expanded(inner, there, (*seen, name))
                found[free] = shifted(inner, int(offset or 0), self.body)
        whole = expression.xreplace(found) if found else expression
        if found and sum(1 for _ in islice(sp.preorder_traversal(whole), _MOST_NODES + 1)) > _MOST_NODES:
            raise DeriveError("", "the helper columns together are too long")
        return whole

    def value(self, name: str, row: int) -> float | None:
        """The number that a name stands for in a row."""
        column = self.body.table.by_name.get(name)
        if column is not None:
            return self.body.sheet.number((row, column.number))
        base, _, offset = name.partition("@")
        column = self.body.table.by_name.get(base)
        if column is not None and offset:
            there = int(offset[1:]) if offset.startswith("$") else self.body.table.moved(row, int(offset))
            return self.body.sheet.number((there, column.number))
        return self.body.outside_number(name)

_OTHER_ROW = re.compile(r"([\w/]+)@(\$|[-+])(\d+)")


def _row_in_words(match: re.Match[str]) -> str:
    """`w1@-1` as `w1 of the row above`, `w1@$33` as `w1 of row 33`."""
    name, sign, number = match.groups()
    if sign == "$":
        return f"{name} of row {number}"
    where = "above" if sign == "-" else "below"
    return f"{name} of the row {where}" if number == "1" else f"{name} {number} rows {where}"


@lru_cache(maxsize=8192)
def _lowered(expression: sp.Expr) -> tuple[tuple[str, ...], Callable[[Sequence[float]], float]]:
    """The names in an expression and its value at theirs; a table asks for the same ones again and again."""
    names = tuple(sorted(s.name for s in expression.free_symbols))
    return names, calculator(expression, names)


def _unlike(name: str) -> float:
    """A number for a name, like no other name's."""
    return 0.2 + zlib.crc32(name.encode()) / 2**32


def shifted(expression: sp.Expr, rows: int, body: Body) -> sp.Expr:
    """An expression of one row's names as seen from another: `w1` three rows down is `w1@+3`."""
    if not rows:
        return expression
    moved = {}
    for free in expression.free_symbols:
        name, _, offset = free.name.partition("@")
        if free.name in body.table.by_name:
            name, offset = free.name, ""
        if name in body.table.by_name and name not in body.constant and not offset.startswith("$"):
            there = int(offset or 0) + rows
            moved[free] = symbol(f"{name}@{there:+d}" if there else name)
    return expression.xreplace(moved)
