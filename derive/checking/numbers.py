"""Lines of numbers: what a document gives as values, and whether a printed number is right to the digits shown."""

import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct, field
from msgspec.structs import replace

from derive.names import symbol
from derive.rules import spelled_out

_LITERAL = re.compile(r"[\s(\[]*([+-]?)\s*(\d*\.?\d*)[\s)\]]*\Z")
_DIGITS = 40
_EXACT_DECIMALS = 2
_LONG = 6
_CANCELLED = sp.Rational(1, 10**20)
"""A sum of numbers that is closer to 0 may be 0."""
_LARGEST_EXPONENT = 10_000
_MARGIN = sp.Rational(51, 50)


class Approximate(Struct, frozen=True):
    """A value, and how far it may be off because of the rounded numbers that it comes from."""

    value: sp.Expr
    slack: sp.Expr
    digits: int = 0
    """The significant digits of a printed number, 0 for what is computed."""


def printed(text: str, expression: sp.Expr, *, about: bool = False) -> Approximate | None:
    """The one number that a member prints, with half a unit of its last digit; None where it is an expression.

    A whole number is exact, unless the relation is ≈ (`about`).
    """
    match = _LITERAL.match(text)
    if match is None or not match.group(2).strip(".") or not expression.is_Rational:
        return None
    decimals = len(match.group(2).partition(".")[2])
    digits = len(match.group(2).replace(".", "").lstrip("0"))
    whole = not decimals and not about  # 10/4 = 3 is no rounding
    return Approximate(expression, sp.Integer(0) if whole else sp.Rational(1, 2 * 10**decimals), digits)


def is_numeric(expression: sp.Expr) -> bool:
    """Whether an expression has numbers only."""
    return not expression.free_symbols


def approximate(expression: sp.Expr, values: Mapping[str, sp.Expr], rounded: frozenset[str]) -> Approximate | None:
    """The value of an expression at given values; None where one is missing, or there is no real value.

    Long decimals in it, and the values of the `rounded` names, are taken for rounded; short ones for exact.
    """
    names = sorted(s.name for s in expression.free_symbols)
    if any(name not in values for name in names):
        return None
    at = {symbol(name): values[name] for name in names}
    value = _evaluated(expression.xreplace(at))
    if value is None:
        return None
    loose: sp.Expr = sp.Integer(0)
    for name in names:
        half = _half_unit(values[name]) if name in rounded else 0
        if half:
            moved = _evaluated(expression.xreplace({**at, symbol(name): values[name] + half}))
            loose += abs(moved - value) if moved is not None else 0
    for literal in expression.atoms(sp.Rational):
        half = _half_unit(literal)
        if half:
            moved = _evaluated(expression.xreplace({literal: literal + half}).xreplace(at))
            loose += abs(moved - value) if moved is not None else 0
    return Approximate(value, loose)


def _evaluated(expression: sp.Expr) -> sp.Expr | None:
    if any(abs(_size(p.exp)) > _LARGEST_EXPONENT for p in expression.atoms(sp.Pow, sp.exp) if not p.free_symbols):
        return None
    try:
        found = spelled_out(expression).evalf(_DIGITS)
    except (ArithmeticError, ValueError, TypeError):
        return None
    if found.is_Float and abs(found) < _CANCELLED:  # -0.2 + 0.2 is 0, not what its last digits leave
        exact = expression.doit()
        found = exact if exact.is_Rational else found
    return found if found.is_Float or found.is_Rational else None


def _size(number: sp.Expr) -> float:
    """Roughly the value of an expression of numbers; infinite where it is too large, or of an unknown kind."""
    try:
        if number.is_Number or number.is_NumberSymbol:
            return float(number)
        if number.is_Add:
            return sum(map(_size, number.args))
        if number.is_Mul:
            return math.prod(map(_size, number.args))
        if isinstance(number, sp.exp):
            return math.exp(_size(number.args[0]))
        if number.is_Pow:
            return abs(float(abs(_size(number.base)) ** _size(number.exp)))
    except (ArithmeticError, ValueError):
        return math.inf
    return 1.0


def _half_unit(number: sp.Rational) -> sp.Rational:
    """Half a unit of the last decimal of a long decimal; 0 for a number that can be exact."""
    bottom = int(number.q)
    decimals = next((n for n in range(1, 20) if 10**n % bottom == 0), 0) if bottom > 1 else 0
    return sp.Rational(1, 2 * 10**decimals) if decimals > _EXACT_DECIMALS else sp.Integer(0)


def agree(left: Approximate, right: Approximate, *, by_hand: bool = False) -> bool:
    """Whether two values are the same as far as their digits tell.

    A long number that comes from formulas, `by_hand` over rounded results, may be off by one unit of its last digit.
    """
    long = max(left.digits, right.digits) >= _LONG and 0 in (left.digits, right.digits)
    if left.digits and right.digits:  # one printed number for another: the second is the first, rounded
        return bool(abs(left.value - right.value) <= right.slack * _MARGIN)
    allowed = (left.slack + right.slack) * (2 if long and by_hand else _MARGIN) + abs(left.value) * sp.Rational(
        1, 10**15
    )
    return bool(abs(left.value - right.value) <= allowed)


def bindings(
    formula: sp.Expr, numbers: sp.Expr, known: Mapping[str, sp.Expr] = MappingProxyType({})
) -> Iterator[tuple[str, sp.Expr]]:
    """name = number for every name of a formula that a member of the same shape has in numbers instead.

    The `known` values tell where the factors of a product are put in turned about.
    """
    if formula.is_Symbol:
        if is_numeric(numbers) and numbers.is_Rational:
            yield formula.name, numbers
        return
    if formula.func is not numbers.func:
        return
    rows = formula.is_Add or formula.is_Mul
    ours, theirs = (flat(formula), flat(numbers)) if rows else (formula.args, numbers.args)
    if len(ours) == len(theirs):
        for left, right in zip(ours, _turned(ours, theirs, known) if formula.is_Mul else theirs, strict=True):
            yield from bindings(left, right, known)


def _turned(
    names: tuple[sp.Expr, ...], numbers: tuple[sp.Expr, ...], known: Mapping[str, sp.Expr]
) -> tuple[sp.Expr, ...]:
    """Two factors the other way round where the value of one is known, and stands in the place of the other."""
    if len(names) != 2 or not all(name.is_Symbol for name in names):
        return numbers
    values = tuple(known.get(name.name) for name in names)
    turned = any(value is not None and value == numbers[1 - place] for place, value in enumerate(values))
    return numbers[::-1] if turned and not any(a == b for a, b in zip(numbers, values, strict=True)) else numbers


def flat(expression: sp.Expr) -> tuple[sp.Expr, ...]:
    """The terms of a sum or the factors of a product, whatever brackets stand around some of them."""
    return tuple(
        part for inner in expression.args for part in (flat(inner) if inner.func is expression.func else (inner,))
    )


class Values(Struct, frozen=True):
    """The values that a document gives: those of leaves, and the results that it prints.

    `where` is the offset at which a name got its value; `start` names what was taken from a walkthrough whose
    start values are the document's.
    """

    of: Mapping[str, sp.Expr]
    where: Mapping[str, int]
    leaves: frozenset[str]
    start: frozenset[str] = frozenset()
    twice: frozenset[str] = frozenset()
    """Leaves to which the document gives different values, as a second example does."""
    anew: Mapping[str, tuple[tuple[int, sp.Expr], ...]] = field(default_factory=dict)
    """The offsets and values of names of the document's own that it gives values again and again."""
    slopes: Mapping[tuple[str, str], tuple[Approximate, ...]] = field(default_factory=dict)
    """The numbers that the document prints for ∂of/∂by."""
    terms: Mapping[str, sp.Expr] = field(default_factory=dict)
    """The sums of numbers that the document puts in for names."""
    example: Mapping[str, sp.Expr] = field(default_factory=dict)
    """The start values of the walkthrough whose numbers the document works with."""

    @property
    def rounded(self) -> frozenset[str]:
        """The names whose values are results."""
        return frozenset(self.of) - self.leaves

    def elsewhere(self, place: int, but: str = "") -> "Values":
        """The values that do not come from a place of the source itself, nor are those of one name."""
        of = {n: v for n, v in self.of.items() if n != but and self.where.get(n) != place}
        for name, given in self.anew.items():
            before = [value for where, value in given if where < place]
            of.pop(name, None)
            if before and name != but:
                of[name] = before[-1]
        known = {name: value for name, value in self.example.items() if name not in of and name != but}
        return replace(self, of={**of, **known})

    def is_given(self, name: str, place: int) -> bool:
        """Whether a name gets a value at a place of the source."""
        return self.where.get(name) == place or any(where == place for where, _ in self.anew.get(name, ()))

    def of_leaves(self) -> Mapping[str, sp.Expr]:
        """The values of what is given, not computed."""
        return {name: value for name, value in self.of.items() if name in self.leaves}


def numeric_slip(value: sp.Expr, stands: sp.Expr, put_in: tuple[tuple[str, sp.Expr, sp.Expr], ...]) -> str:
    """What is wrong with a number: another one put in for a name, a digit, the sign, its rounding, or all of it."""
    for name, right, number in put_in:
        kind = "numeric-digit" if _one_digit_off(right, number) else "numeric-substitution"
        return f"{kind}: {_plain(number)} stands for {name} where {_plain(right)} belongs"
    if value != 0 and abs(value + stands) <= abs(value) / 1000:
        return "sign: the sign of the number is wrong"
    digits = max(1, len(_digits(stands)))
    if _one_digit_off(sp.Float(value, digits), stands):
        return f"numeric-digit: {_plain(value)} with a digit lost, doubled or exchanged"
    if "." in _plain(stands) and 0 <= (abs(value) - abs(stands)) <= 2 * abs(_half_unit_of(stands)):
        return f"numeric-rounding: {_plain(value)} is cut off, not rounded"
    return f"numeric-wrong: the value is {_plain(value)}"


def _plain(number: sp.Expr) -> str:
    return str(sp.Float(number, 10)).rstrip("0").rstrip(".")


def _digits(number: sp.Expr) -> str:
    return re.sub(r"[-.]|^0+", "", _plain(abs(number)))


def _half_unit_of(number: sp.Expr) -> sp.Expr:
    decimals = len(_plain(number).partition(".")[2])
    return sp.Rational(1, 2 * 10**decimals)


def is_slipped(right: sp.Expr, number: sp.Expr) -> bool:
    """Whether a number is another one with its decimal point, or a digit or two, in the wrong place."""
    return _digits(right).strip("0") == _digits(number).strip("0") or _one_digit_off(right, number)


def _one_digit_off(right: sp.Expr, number: sp.Expr) -> bool:
    """Whether a digit was lost, doubled or exchanged, or two were; numbers of few digits are other numbers."""
    one, other = _digits(right), _digits(number)
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 2:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    ends = zip(reversed(one[start:]), reversed(other[start:]), strict=False)
    end = next((n for n, (a, b) in enumerate(ends) if a != b), 0)
    return start + end >= max(len(one), len(other)) - 2


def short(value: sp.Expr) -> str:
    """A value as people print it, to ten digits."""
    text = str(sp.Float(value, 10))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
