"""The values that a document gives its names, in its order."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive.checking.equations import Equation, Stated, tree_of
from derive.checking.evaluation import evaluated
from derive.checking.graph import Graph
from derive.checking.interpretations import Interpretation
from derive.checking.values.substitution import substituted
from derive.formulas.printed import Printed, decimals, fraction, printed_number
from derive.names import symbol
from derive.reach import reached
from derive.written import Partial

_ROUNDED_DIGITS = 4
"""A decimal of so many digits or more may have been rounded; a shorter one is what it says, unless the document tells
otherwise.
"""
_TOLD_DIGITS = 3
"""One of so many digits has been rounded where as many decimals are shown as of a longer one, 0.0398 beside 0.2377,
where it is the value of a derivative, or one that the document gives.
"""
_MOST_DECIMALS = 17
_TINY = 1e-12


class Put(Struct, frozen=True):
    """A number that stands in the place of a name, and the values that the document gives it elsewhere; `stated` tells
    whether one of these stands before, `is_leaf` whether nothing else determines it.
    """

    name: str
    stands: Fraction
    known: tuple[Fraction, ...]
    stated: bool = False
    is_leaf: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether the document says something else."""
        return bool(self.known) and self.stands not in self.known

    @property
    def is_settled(self) -> bool:
        """Whether there is one value that the name can have there."""
        return self.stated and len(self.known) == 1


class Values:
    """The values that a document gives, in order; made once for an interpretation."""

    def __init__(self, interpretation: Interpretation) -> None:
        self.interpretation = interpretation
        self.given: dict[sp.Expr, list[tuple[int, Printed]]] = {}
        self._loose: dict[Fraction, Fraction] = {}
        self._exact: dict[Fraction, bool] = {}
        for one in interpretation.claims:
            if one.claim.relation in ("=", "≈", ":=", "←"):
                for subject, value in self._told_by(one) if one.equations else self._entries_of(one):
                    self.given.setdefault(subject, []).append((one.number, value))

    def _told_by(self, one: Stated) -> Iterator[tuple[sp.Expr, Printed]]:
        """The values that a claim gives: what its chain began with is a number, or numbers stand for its names."""
        number = _printed_side(one)
        if number is not None:
            yield from ((subject, number) for subject in self._subjects(one))
            return
        for equation in self.interpretation.equations(one.number)[:1]:
            if equation.right.is_number and not equation.left.is_Symbol:
                for subject, value in self._put(equation):
                    stands = fraction(value)
                    yield subject, Printed(stands, Fraction(1, 10 ** decimals(stands)), 0)

    def _entries_of(self, one: Stated) -> Iterator[tuple[sp.Expr, Printed]]:
        """The values of the names that stand in a matrix, where the other side has numbers in their places."""
        sides = [tree_of(side) for side in (one.claim.left, one.claim.right)]
        rows = [side.parts for side in sides if side is not None and side.kind == "matrix"]
        if len(rows) != 2 or [len(row.parts) for row in rows[0]] != [len(row.parts) for row in rows[1]]:
            return
        names, numbers = ([entry for row in found for entry in row.parts] for found in rows)
        for name, number in zip(names, numbers, strict=True):
            printed = printed_number(number)
            if name.kind == "name" and printed is not None:
                yield symbol(self.interpretation.naming.name(name.value)), printed

    def _subjects(self, one: Stated) -> Iterator[sp.Expr]:
        """What a printed number is the value of: the left sides of its chain that are a name or a derivative."""
        for number in range(one.number, -1, -1):
            if self._chain(number) != self._chain(one.number):
                break
            for equation in self.interpretation.equations(number)[:1]:
                if equation.left.is_Symbol or isinstance(equation.left, Partial):
                    yield equation.left

    def _put(self, equation: Equation) -> Iterable[tuple[sp.Expr, sp.Rational]]:
        """The values that a side has put in, those of a product in the order that the values before tell: u x is 0.3
        times 0.5 with x = 0.3.
        """
        pairs = substituted(equation.left, equation.right) or []
        known = {subject: {p.value for _, p in self.given.get(subject, ())} for subject, _ in pairs}
        values = dict(pairs)
        for subject in values:
            if known[subject] and fraction(values[subject]) not in known[subject]:
                other = next((o for o, v in pairs if fraction(v) in known[subject]), None)
                if other is not None and equation.left.is_Mul:
                    values[subject], values[other] = values[other], values[subject]
        return values.items()

    def _chain(self, number: int) -> int:
        """The first claim of the chain that a claim stands in; two chains of one sentence are two."""
        return number - self.interpretation.claims[number].claim.step

    # what is given

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        """Every value that the document gives."""
        return frozenset(value.value for found in self.given.values() for _, value in found)

    def printed_by(self, one: Stated) -> Iterator[tuple[sp.Expr, sp.Rational]]:
        """What a claim prints a number for, each with that number."""
        number = _printed_side(one)
        if number is not None:
            yield from ((subject, sp.Rational(number.value)) for subject in self._subjects(one))

    def before(self, subject: sp.Expr, number: int) -> list[Printed]:
        """The values of a name that are given elsewhere than in this claim's chain: the last before it first; what
        stands before the problems of a sheet has none of theirs, and what no formula tells was not yet what is worked
        out in numbers behind it: w = 0.5 - 0.1 * 0.2 = 0.48 is a weight after a step.
        """
        chain = self._chain(number)
        claims = self.interpretation.claims
        problem = claims[number].problem
        told = [(at, value) for at, value in self.given.get(subject, ()) if self._chain(at) != chain]
        others = [(at, value) for at, value in told if claims[at].problem in (0, problem)]
        others = others or [(at, value) for at, value in told if problem and at < number]
        earlier = [value for at, value in others if at < number][::-1]
        is_leaf = subject.is_Symbol and str(subject) not in self.interpretation.versions
        return earlier + [v for at, v in others if at > number and not (is_leaf and self._ends_calculation(at))]

    def _ends_calculation(self, number: int) -> bool:
        """Whether a claim ends a calculation in numbers alone."""
        one = self.interpretation.claims[number]
        return not one.begins and all(equation.left.is_number for equation in one.equations)

    def is_given(self, subject: sp.Expr, number: int) -> bool:
        """Whether a name is given a value before a claim's chain."""
        return any(at < self._chain(number) for at, _ in self.given.get(subject, ()))

    def goes_on(self, subject: sp.Expr, number: int) -> bool:
        """Whether a name is given other values behind a claim."""
        given = self.given.get(subject, ())
        return len({value.value for at, value in given if at >= number}) > 1

    def has_stood(self, printed: Printed, number: int) -> bool:
        """Whether a number was given before a claim's chain, so that there it may be repeated, not worked out."""
        chain = self._chain(number)
        return any(at < chain and v.value == printed.value for found in self.given.values() for at, v in found)

    def put_in(self, equation: Equation, number: int) -> tuple[Put, ...] | None:
        """The numbers that one side has for the names of the other, each with what the document says elsewhere; None
        where the sides are not one formula and the same with values put in.
        """
        pairs = substituted(equation.left, equation.right)
        return tuple(self._as_put(subject, fraction(value), number) for subject, value in pairs) if pairs else None

    def _as_put(self, subject: sp.Expr, stands: Fraction, number: int) -> Put:
        known = tuple(dict.fromkeys(p.value for p in self.before(subject, number)))
        stated = self.is_given(subject, number)
        is_leaf = subject.is_Symbol and str(subject) not in self.interpretation.versions
        known = (stands,) if any(_rounds(k, stands) for k in known) else known
        return Put(named(subject), stands, known, stated, is_leaf)

    # how far it may be off

    @cached_property
    def rounded(self) -> Mapping[tuple[str, Fraction], Fraction]:
        """The values that were worked out and rounded when they were printed, by name and size, with their last unit;
        those of every name under "".
        """
        found: dict[tuple[str, Fraction], Fraction] = {}
        for subject, value in self._results:
            if value.digits > 1:
                found[str(subject), abs(value.value)] = found["", abs(value.value)] = value.unit
        return found

    @cached_property
    def _results(self) -> tuple[tuple[sp.Expr, Printed], ...]:
        """The decimals that were worked out, each with what it is the value of; not those that are all they come to."""
        found: list[tuple[sp.Expr, Printed]] = []
        for subject, printed in self.given.items():
            is_worked_out = isinstance(subject, Partial) or str(subject) in self.interpretation.versions
            for number, value in printed:
                one = self.interpretation.claims[number]
                is_result = is_worked_out or one.claim.relation == "≈" or not one.begins
                if value.unit and is_result and one.equations and not _is_exact(one, value):
                    found.append((subject, value))
        return tuple(found)

    def is_exact(self, number: Fraction) -> bool:
        """Whether a number is what it says: it is no result, not long, and no value that the document gives is longer
        and rounds to it.
        """
        if number not in self._exact:
            self._exact[number] = self._is_exact(abs(number))
        return self._exact[number]

    def _is_exact(self, number: Fraction) -> bool:
        if number.denominator == 1:
            return True
        if self.loose(number) or any(abs(value.value) == number for _, value in self._results):
            return False
        half = Fraction(1, 2 * 10 ** decimals(number))
        return not any(0 < abs(abs(value) - number) <= half for value in self.numbers)

    def loose(self, literal: Fraction) -> Fraction:
        """How far a decimal in a formula may be from what it stands for, as it was rounded; 0 for what is exact."""
        if literal not in self._loose:
            self._loose[literal] = self._looseness(abs(literal))
        return self._loose[literal]

    def _looseness(self, literal: Fraction) -> Fraction:
        places = decimals(literal)
        if literal.denominator == 1 or places > _MOST_DECIMALS:
            return Fraction(0)
        if ("", literal) in self.rounded:
            return self.rounded["", literal] / 2
        half, digits = Fraction(1, 2 * 10**places), len(str(int(literal * 10**places)))
        if digits >= _ROUNDED_DIGITS or (digits >= _TOLD_DIGITS and places >= _ROUNDED_DIGITS):
            return half
        meant = (abs(abs(value) - literal) for value in self.numbers) if digits >= _TOLD_DIGITS else ()
        return max((off for off in meant if off <= half), default=Fraction(0))

    # values for all names at once

    def environments(
        self, graph: Graph, number: int, wanted: frozenset[str], own: str = ""
    ) -> Iterator[tuple[dict[str, float], bool]]:
        """Ways to give values to names: the printed ones; what follows from the leaves; the first values of all. Beside
        each, whether these are the first values. `own` is a name that gets a value here: none of its others counts.
        """
        names = list(reached(sorted(wanted), graph.parents))
        printed = {name: self.before(symbol(name), number) if name != own else [] for name in names}
        new, chain = {name: self.given.get(symbol(f"{name}⁺"), ()) for name in names}, self._chain(number)
        updated = {name: [value for at, value in found if at < chain] for name, found in new.items()}
        if any(updated.values()):
            after = {name: found for name in names if (found := updated[name] or printed[name])}
            leaves = {name: float(found[0].value) for name, found in after.items() if name not in graph.names}
            yield _completed(graph, leaves, names), False
        for pick in (0, -1):
            for skips_nodes in (False, True):
                told = {name: found for name, found in printed.items() if found}
                values = {
                    name: float(found[pick].value)
                    for name, found in told.items()
                    if not (skips_nodes and name in graph.names)
                }
                yield _completed(graph, values, names), pick < 0


def named(subject: sp.Expr) -> str:
    """A name or a derivative as it is told."""
    return f"∂{subject.of}/∂{subject.by}" if isinstance(subject, Partial) else str(subject)


def _completed(graph: Graph, values: Mapping[str, float], wanted: Iterable[str]) -> dict[str, float]:
    """Values, and those that follow from them."""
    found = dict(values)
    for name, body in graph.closure([symbol(name) for name in wanted]).items():
        if name not in found:
            value = evaluated(body, found)
            if value is not None:
                found[name] = value
    return found


def _rounds(one: Fraction, other: Fraction) -> bool:
    """Whether two decimals are one value printed to different digits: 0.593 and 0.59327."""
    if one == other:
        return True
    places = min(decimals(one), decimals(other))
    return places > 1 and abs(one - other) <= Fraction(1, 10**places)


def _is_exact(one: Stated, number: Printed) -> bool:
    """Whether a printed number is all that the numbers before it come to: 1/8 = 0.125."""
    left = one.equations[0].left
    value = evaluated(left, {}) if not one.begins and left.is_number else None
    return value is not None and abs(value - float(number.value)) <= _TINY * abs(value)


def _printed_side(one: Stated) -> Printed | None:
    """The number on a claim's right; 2/3 is one that is exact."""
    tree = tree_of(one.claim.right)
    found = None if tree is None else printed_number(tree, about=one.claim.relation == "≈")
    rights = [e.right for e in one.plainest if e.right.is_Mul and e.left.is_Symbol and not one.is_worked_out]
    ratio = rights[0].doit() if rights and rights[0].is_number else None
    return found or (Printed(fraction(ratio), Fraction(0), 0) if ratio is not None and ratio.is_Rational else None)
