"""Asks `decide` about a formula, and looks through what only seems to differ: helper columns and typed constants."""

import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice, permutations
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.chain import derive_by, derive_gradients
from derive.equality import Proved, Refuted, Undecided, decide
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from sheets.auditing.formulas import Body, Formula
from sheets.auditing.recovery import Meanings
from sheets.auditing.tables import Column
from sheets.calculation import calculator
from sheets.functions import SampleSum

Verdict = Proved | Refuted | Undecided

_NEARLY = 1e-9
_LOOK = 1e-7
_MOST_LOOSENED = 6
_MOST_NODES = 5_000


@lru_cache(maxsize=8192)
def _decided(left: sp.Expr, right: sp.Expr, definitions: tuple[tuple[str, sp.Expr], ...]) -> Verdict:
    if left.has(SampleSum) or right.has(SampleSum):
        return _by_sample(left, right, definitions)
    known = {name: meaning for name, meaning in definitions if not meaning.has(SampleSum)}
    return decide(left, right, definitions=known)


def _by_sample(left: sp.Expr, right: sp.Expr, definitions: tuple[tuple[str, sp.Expr], ...]) -> Verdict:
    """Sums over the same samples: equal where what is summed is, different where one sample alone shows it."""
    ours, theirs = _summed(left), _summed(right)
    if ours is None or theirs is None:
        return Undecided("a sum over samples within another function")
    (left_sum, left_rest), (right_sum, right_rest) = ours, theirs
    rest = _decided(left_rest, right_rest, definitions)
    if not isinstance(rest, Proved):
        return Undecided("sums over samples that differ outside the sums")
    return _decided(left_sum, right_sum, definitions)


def _summed(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """What is summed over the samples, factors and all, and what is not; None where that cannot be told apart."""
    if not expression.has(SampleSum):
        return sp.Integer(0), expression
    if isinstance(expression, SampleSum):
        return expression.args[0], sp.Integer(0)
    if expression.is_Add:
        parts = [_summed(term) for term in expression.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return sp.Add(*(summed for summed, _ in known)), sp.Add(*(rest for _, rest in known))
    if expression.is_Mul:
        sums = [factor for factor in expression.args if factor.has(SampleSum)]
        others = [factor for factor in expression.args if not factor.has(SampleSum)]
        inner = _summed(sums[0]) if len(sums) == 1 else None
        return None if inner is None else (sp.Mul(*others, inner[0]), sp.Mul(*others, inner[1]))
    return None


class Claim(Struct, frozen=True):
    """What a column's formula says in some of its rows, helper columns looked through."""

    column: Column
    formula: Formula
    rows: tuple[int, ...]
    expression: sp.Expr
    fault: str = ""


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
        return (*self.network.definitions.items(), *self.partials.items())

    def prove(self, left: sp.Expr, right: sp.Expr) -> Verdict:
        """Whether two expressions of one row agree, every name standing for what it should hold."""
        return _decided(left, right, self._definitions)

    def agree(self, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether two expressions are proved equal; most that are not are told apart by one look in floating point."""
        a, b = self._look(left), self._look(right)
        if math.isfinite(a) and math.isfinite(b) and abs(a - b) > _LOOK * max(abs(a), abs(b)):
            return False
        return isinstance(self.prove(left, right), Proved)

    def _look(self, expression: sp.Expr) -> float:
        names, calculate = _lowered(expression)
        return calculate([self._point.get(name) or _unlike(name) for name in names])

    @cached_property
    def _point(self) -> Mapping[str, float]:
        """A value of every name at which one look is taken, the nodes computed from the leaves."""
        found: dict[str, float] = {name: _unlike(name) for name in self.network.leaves}
        for name, expression in self._definitions:
            names, calculate = _lowered(expression)
            found[name] = calculate([found.get(n) or _unlike(n) for n in names])
        return MappingProxyType(found)

    @cached_property
    def _formula_of(self) -> Mapping[str, Mapping[int, Formula]]:
        return MappingProxyType({
            name: {row: formula for formula in filled.formulas for row in formula.rows}
            for name, filled in self.body.filled.items()
        })

    def in_words(self, text: str) -> str:
        """A text with every quantity called as the workbook's own header calls it."""
        own = {name: column.label for name, column in self.body.table.by_name.items()
               if column.label and not column.is_partial and name != column.label}
        text = _OTHER_ROW.sub(_row_in_words, text)
        if not own:
            return text
        either = "|".join(re.escape(name) for name in sorted(own, key=len, reverse=True))
        return re.sub(rf"(?<![\w/])(?:{either})(?!\w)", lambda match: own[match[0]], text)

    def is_helper(self, name: str) -> bool:
        """Whether a column's formulas are looked through: it holds no quantity of the network."""
        return name in self.body.table.by_name and name not in self.network.names and name not in self.partials

    def claims(self, name: str) -> Iterator[Claim]:
        """What each distinct formula of a column says; apart, rows whose helper columns say different things."""
        column = self.body.table.by_name[name]
        for formula in self.body.filled[name].formulas:
            expression = self.meanings.expressions.get((name, formula))
            if expression is None:
                continue
            if not any(self.is_helper(n.partition("@")[0]) for n in formula.names):
                yield Claim(column, formula, formula.rows, expression)
                continue
            apart: dict[sp.Expr, list[int]] = {}
            try:
                for row in formula.rows:
                    apart.setdefault(self.expanded(expression, row, (name,)), []).append(row)
            except DeriveError as error:
                yield Claim(column, formula, formula.rows, expression, error.found)
                continue
            for expanded, rows in apart.items():
                yield Claim(column, formula, tuple(rows), expanded)

    def expanded(self, expression: sp.Expr, row: int, seen: tuple[str, ...] = ()) -> sp.Expr:
        """An expression with the formulas of helper columns in `row` put for their names."""
        found = {}
        for free in expression.free_symbols:
            name, _, offset = free.name.partition("@")
            if free.name in self.body.table.by_name:
                name, offset = free.name, ""
            if not self.is_helper(name) or name in seen or offset.startswith("$"):
                continue
            there = row + int(offset or 0)
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
            there = int(offset[1:]) if offset.startswith("$") else row + int(offset)
            return self.body.sheet.number((there, column.number))
        return self.body.outside_number(name)

    def loosened(self, claim: sp.Expr, right: sp.Expr, row: int) -> Iterator[tuple[sp.Expr, sp.Expr, str]]:
        """The claim again with numbers, or cells elsewhere, taken for the given quantities whose values they hold.

        Only for quantities that the claim lacks: a wrong reference that happens to hold the same number stays wrong.
        """
        given = self._given_values(right, claim, row)
        strangers = [s for s in claim.free_symbols if s.name not in self.network.names and s.name not in self.right]
        for places in permutations(given, min(len(strangers), len(given))) if len(given) <= _MOST_LOOSENED else ():
            pairs = [(stranger, name) for stranger, name in zip(strangers, places, strict=False)
                     if (v := self.value(stranger.name, row)) is not None and _near(v, given[name])]
            if pairs:
                told = ", ".join(f"reads {stranger.name}, which holds what {name} does" for stranger, name in pairs)
                yield claim.xreplace({s: symbol(name) for s, name in pairs}), right, told
        numbers = {float(n) for n in claim.atoms(sp.Rational)}
        typed = {name: v for name, v in given.items() if any(_near(v, n) for n in numbers)}
        if typed:
            values = {symbol(name): sp.Rational(repr(v)) for name, v in typed.items()}
            told = ", ".join(f"{v:.15g} is typed where {name} belongs" for name, v in sorted(typed.items()))
            yield claim, right.xreplace(values), told

    def _given_values(self, right: sp.Expr, claim: sp.Expr, row: int) -> dict[str, float]:
        missing = {s.name for s in right.free_symbols} - {s.name for s in claim.free_symbols}
        leaves = {*self.network.inputs, *self.network.targets, *self.network.constants}
        return {name: v for name in sorted(missing & leaves) if (v := self.value(name, row)) is not None}


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


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= _NEARLY * max(abs(a), abs(b))


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
