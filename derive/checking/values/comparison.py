"""Two sides held against each other in numbers: whether a printed one is right to its digits."""

import math
from collections.abc import Mapping
from fractions import Fraction

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import Stated
from derive.checking.evaluation import evaluated
from derive.checking.graph import Graph
from derive.checking.values.given import Values
from derive.formulas.printed import TINY, Printed, coarsest, decimals, fraction, printed_number

_FEWEST_DIGITS = 2
"""A whole number of fewer digits is wrong where its last one is: 5 for 6."""
_LARGEST = 0.5
"""So large a part of a value is no last digit that was rounded wrongly: 0.1 for 0.01."""
_NEAR = 1e-9
"""Sides that are nearer differ by what nobody writes out, the ε below a root."""
_SHORT = 6
"""The digits of a value that is told whole where the numbers that it is worked out from are what they say."""


class Compared(Struct, frozen=True):
    """Two values held against each other, both as text: agree, imprecise, differ, or replaced, where a number agrees
    that has stood before, by values that other ones replaced.
    """

    verdict: str
    value: str = ""
    stands: str = ""

    @property
    def holds(self) -> bool:
        """Whether the two agree to the digits shown, at the values that stand last before the line."""
        return self.verdict in ("agree", "imprecise")


_ORDER = ("agree", "imprecise", "replaced", "differ")


class _Side(Struct, frozen=True):
    """A side's value, how far it may be off as numbers were rounded, and the number if it is a printed one; `is_exact`
    tells whether all numbers that it is worked out from are what they say.
    """

    value: float
    slack: float
    printed: Printed | None
    is_exact: bool


def compared(
    left: sp.Expr, right: sp.Expr, one: Stated, graph: Graph, values: Values, own: str = ""
) -> Compared | None:
    """Two sides held against each other in numbers; None where one has no value.

    `own` is the name that the claim gives a value, which no other value of it tells.
    """
    about = one.claim.relation == "≈"
    stands = [printed_number(member.readings[0].tree, about=about) for member in (one.claim.left, one.claim.right)]
    repeats = any(number is not None and values.has_stood(number, one.number) for number in stands)
    wanted = frozenset(s.name for side in (left, right) for s in side.free_symbols)
    best: Compared | None = None
    environments = values.environments(graph, one.number, wanted, own) if wanted else iter([({}, False)])
    for environment, is_first in environments:
        sides = zip((left, right), (right, left), stands, strict=True)
        a, b = (_side(side, other, number, environment, values) for side, other, number in sides)
        if a is None or b is None:
            continue
        found = _held(a, b, about=about)
        if is_first and found.holds and best is not None and not best.holds and repeats:
            found = replace(best, verdict="replaced")
        if best is None or _ORDER.index(found.verdict) < _ORDER.index(best.verdict):
            best = found
        if best.verdict == "agree":
            break
    return best


def differ(left: sp.Expr, right: sp.Expr, at: Mapping[str, float], values: Values) -> bool:
    """Whether two formulas differ at some values by more than their decimals may have been rounded."""
    a, b = _side(left, right, None, at, values), _side(right, left, None, at, values)
    return a is not None and b is not None and _held(a, b, about=False).verdict == "differ"


def solved_by(left: sp.Expr, right: sp.Expr, name: str, value: float, unit: float, values: Values) -> bool:
    """Whether an equation of one name holds at a value of it that is known to a unit."""
    ends = [
        (_side(left, right, None, {name: at}, values), _side(right, left, None, {name: at}, values))
        for at in (value, value - unit, value + unit)
    ]
    found = [(a.value - b.value, a.slack + b.slack, abs(a.value)) for a, b in ends if a is not None and b is not None]
    if len(found) < len(ends):
        return True  # where there is no value, nothing is told
    (off, slack, size), *moved = found
    loose = slack + max(abs(other - off) for other, *_ in moved)
    return abs(off) <= loose * (1 + 1e-6) + _NEAR * max(1.0, size)


def _side(
    side: sp.Expr, other: sp.Expr, printed: Printed | None, environment: Mapping[str, float], values: Values
) -> _Side | None:
    if printed is not None:
        return _Side(float(printed.value), 0.0, printed, not printed.unit)
    value = evaluated(side, environment)
    if value is None:
        return None
    slack = _slack(side, other, value, environment, values)
    return _Side(value, slack, None, not slack and _is_exact(side, environment, values))


def _is_exact(side: sp.Expr, environment: Mapping[str, float], values: Values) -> bool:
    named = (Fraction(f"{environment[s.name]:.12g}") for s in side.free_symbols)
    return all(map(values.is_exact, (*named, *map(fraction, side.atoms(sp.Rational)))))


def _held(left: _Side, right: _Side, *, about: bool) -> Compared:
    """Two values to the digits of the one that is printed: it is right if rounded or cut off, else imprecise by one
    unit of its last digit; nothing is rounded where what is exact needs no more digits: 0.5 + 0.25 = 0.76 is wrong.
    """
    number = coarsest((left.printed, right.printed))
    stands, value = (left, right) if number is not None and right.printed is not number else (right, left)
    told = Compared("agree", _shown(value.value, number), _shown(stands.value, number))
    off, scale = abs(left.value - right.value), TINY * max(abs(left.value), abs(right.value))
    if number is None:
        loose = left.slack + right.slack + scale
        if off <= loose * (1 + 1e-9):
            return told
        is_near = off <= max(2.02 * loose, _NEAR * max(abs(left.value), abs(right.value)))  # 10^-8 beside 0.1
        return replace(told, verdict="imprecise" if is_near else "differ")
    if value.is_exact and not about and number.is_enough_for(value.value):
        return told if off <= scale else replace(told, verdict="differ")
    if value.is_exact and _comes_to_an_end(value.value):
        told = replace(told, value=f"{value.value:.10g}")
    if number.is_of(value.value, value.slack):
        return told
    unit = float(number.unit)
    is_near = off <= unit * (1 + 1e-6) + value.slack + scale if unit else told.value == told.stands
    is_near = is_near and (number.digits >= _FEWEST_DIGITS or (unit < 1 and off <= _LARGEST * abs(value.value)))
    return replace(told, verdict="imprecise" if is_near else "differ")


def _comes_to_an_end(value: float) -> bool:
    """Whether a value is short enough to be told whole: 0.065, but not 1/3."""
    return len(f"{value:.10g}".strip("-0.")) <= _SHORT


def _shown(value: float, number: Printed | None) -> str:
    """A value to as many digits as the document prints, and two more."""
    if number is None or not number.unit:
        return f"{value:.10g}"
    places = max(0, round(-math.log10(float(number.unit))))
    return f"{value:.{min(places, 15)}f}" if abs(value) >= 10.0**-places or value == 0 else f"{value:.4g}"


def _slack(side: sp.Expr, other: sp.Expr, value: float, environment: Mapping[str, float], values: Values) -> float:
    """How far a side may be off because the decimals in it were rounded when they were printed: long ones, those that
    the document worked out itself, and those that a part of the other side comes to.
    """
    loose = 0.0
    for name in {s.name for s in side.free_symbols} & environment.keys():
        unit = values.rounded.get((name, Fraction(str(abs(environment[name])))))
        if unit is not None:
            moved = evaluated(side, {**environment, name: environment[name] + float(unit) / 2})
            loose += abs(moved - value) if moved is not None else 0.0
    for literal in side.atoms(sp.Rational):
        off = values.loose(fraction(literal)) or _rounding(fraction(literal), other, environment)
        if off:
            further = literal + sp.Rational(off.numerator, off.denominator)
            moved = evaluated(side.xreplace({literal: further}), environment)
            loose += abs(moved - value) if moved is not None else 0.0
    return loose


def _rounding(literal: Fraction, other: sp.Expr, environment: Mapping[str, float]) -> Fraction:
    """Half a unit of the last digit of a decimal that a part of the other side comes to, rounded; 0 for any other:
    0.731 beside σ(1), which is 0.7310586.
    """
    places = decimals(literal)
    if places < _FEWEST_DIGITS or places > _SHORT:
        return Fraction(0)
    half = Fraction(1, 2 * 10**places)
    parts = (part for part in sp.preorder_traversal(other) if part.args)
    found = (evaluated(part, environment) for part in parts)
    nothing = TINY * float(abs(literal))  # 0.1/10 is 0.01 but for its last bit
    is_rounded = any(value is not None and nothing < abs(value - float(literal)) <= float(half) for value in found)
    return half if is_rounded else Fraction(0)
