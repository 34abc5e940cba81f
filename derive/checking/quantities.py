"""The numbers of a document: what values it gives its names, and whether a printed number is right to its digits."""

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.graph import Graph
from derive.checking.interpretations import Equation, Interpretation, Stated
from derive.claim import Partial
from derive.equality import Proved
from derive.equality.deciding import decide
from derive.formulas.syntax import Node
from derive.rules import Relu, Sigmoid, Softplus, Step, Tanh

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


class Printed(Struct, frozen=True):
    """A number as it stands: its value, and one unit of its last digit; 0 for a whole number, which is exact."""

    value: Fraction
    unit: Fraction
    digits: int


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


def printed_number(node: Node, *, about: bool = False) -> Printed | None:
    """The number that a member prints; None where it is an expression."""
    while node.kind == "group":
        node = node.parts[0]
    sign = 1
    while node.kind == "negative":
        node, sign = node.parts[0], -sign
    if node.kind == "power" and node.parts[0].kind == "number":
        return None
    if node.kind == "product" and len(node.parts) == 2:
        return _scientific(node, sign)
    if (
        node.kind != "number"
        or (not node.value.lstrip("+-")[:1].isdigit()
        and not node.value.lstrip("+-").startswith("."))
    ):
        return None
    return _literal(node.value, sign, about)


def _literal(text: str, sign: int, about: bool) -> Printed | None:
    mantissa, _, exponent = text.lower().partition("e")
    try:
        value = Fraction(text) * sign
    except ValueError:
        return None
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    digits = len(mantissa.lstrip("+-").replace(".", "").lstrip("0"))
    exact = "." not in mantissa and not exponent and not about
    return Printed(value, Fraction(0) if exact else Fraction(10) ** -decimals, digits)


def _scientific(node: Node, sign: int) -> Printed | None:
    """1.3 * 10^-4."""
    mantissa, power = node.parts
    if (
        mantissa.kind != "number"
        or power.kind != "power"
        or power.parts[0].value != "10"
        or power.parts[1].kind not in ("number", "group")
    ):
        return None
    first = _literal(mantissa.value, sign, True)
    exponent = power.parts[1].value or (power.parts[1].parts[0].value if power.parts[1].parts else "")
    if first is None or not exponent.lstrip("+-").isdigit():
        return None
    scale = Fraction(10) ** int(exponent)
    return Printed(first.value * scale, first.unit * scale, first.digits)


class Values:
    """The values that a document gives, in order; made once for an interpretation."""

    def __init__(self, interpretation: Interpretation) -> None:
        self.interpretation = interpretation
        self.given: dict[sp.Expr, list[tuple[int, Printed]]] = {}
        self._loose: dict[Fraction, Fraction] = {}
        for one in interpretation.claims:
            if not one.equations or one.claim.relation not in ("=", "≈", ":=", "←"):
                continue
            number = _printed_side(one)
            if number is None:
                for equation in interpretation.equations(one.number)[:1]:
                    if equation.right.is_number and not equation.left.is_Symbol:
                        for subject, value in self._put(equation):
                            unit = Fraction(1, 10 ** _decimals(Fraction(value.p, value.q)))
                            self.given.setdefault(subject, []).append(
                                (one.number, Printed(Fraction(value.p, value.q), unit, 0))
                            )
                continue
            for subject in self._subjects(one):
                self.given.setdefault(subject, []).append((one.number, number))

    @cached_property
    def rounded(self) -> Mapping[tuple[str, Fraction], Fraction]:
        """The values that were worked out and rounded when they were printed, by name and size, with their last unit;
        those of every name under "".
        """
        found: dict[tuple[str, Fraction], Fraction] = {}
        for subject, printed in self.given.items():
            for number, value in printed:
                one = self.interpretation.claims[number]
                is_worked_out = isinstance(subject, Partial) or str(subject) in self.interpretation.versions
                is_result = is_worked_out or one.claim.relation == "≈" or one.claim.step > 0
                if value.digits > 1 and value.unit and is_result and not _is_exact(one, value):
                    found[str(subject), abs(value.value)] = found["", abs(value.value)] = value.unit
        return found

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        """Every value that the document gives."""
        return frozenset(value.value for found in self.given.values() for _, value in found)

    def loose(self, literal: Fraction) -> Fraction:
        """How far a decimal in a formula may be from what it stands for, as it was rounded; 0 for what is exact."""
        if literal not in self._loose:
            self._loose[literal] = self._looseness(abs(literal))
        return self._loose[literal]

    def _looseness(self, literal: Fraction) -> Fraction:
        decimals = _decimals(literal)
        if literal.denominator == 1 or decimals > _MOST_DECIMALS:
            return Fraction(0)
        if ("", literal) in self.rounded:
            return self.rounded["", literal] / 2
        half, digits = Fraction(1, 2 * 10**decimals), len(str(int(literal * 10**decimals)))
        if digits >= _ROUNDED_DIGITS or (digits >= _TOLD_DIGITS and decimals >= _ROUNDED_DIGITS):
            return half
        meant = (abs(abs(value) - literal) for value in self.numbers) if digits >= _TOLD_DIGITS else ()
        return max((off for off in meant if off <= half), default=Fraction(0))

    def _put(self, equation: Equation) -> list[tuple[sp.Expr, sp.Rational]]:
        """The values that a side has put in, those of a product in the order that the values before tell: u x is 0.3
        times 0.5 with x = 0.3.
        """
        pairs = _unified(equation.left, equation.right) or []
        known = {subject: {p.value for _, p in self.given.get(subject, ())} for subject, _ in pairs}
        values = dict(pairs)
        for subject in values:
            if known[subject] and Fraction(str(values[subject])) not in known[subject]:
                other = next((o for o, v in pairs if Fraction(str(v)) in known[subject]), None)
                if other is not None and equation.left.is_Mul:
                    values[subject], values[other] = values[other], values[subject]
        return list(values.items())

    def _subjects(self, one: Stated) -> Iterator[sp.Expr]:
        """What a printed number is the value of: the left sides of its chain that are a name or a derivative."""
        for number in range(one.number, -1, -1):
            if self._chain(number) != self._chain(one.number):
                break
            for equation in self.interpretation.equations(number)[:1]:
                if equation.left.is_Symbol or isinstance(equation.left, Partial):
                    yield equation.left

    def put_in(self, equation: Equation, number: int) -> list[tuple[str, Fraction, list[Fraction]]] | None:
        """The numbers that one side has for the names of the other, each with what the document says elsewhere; None
        where
        the sides are not one formula and the same with values put in."""
        pairs = _unified(equation.left, equation.right)
        if pairs is None or not pairs:
            return None
        found = []
        for subject, value in pairs:
            known = list(dict.fromkeys(p.value for p in self.before(subject, number)))
            stands = Fraction(value.p, value.q)
            near = [k for k in known if _rounds(k, stands)]
            found.append((str(subject), stands, [stands] if near else known))
        return found

    def before(self, subject: sp.Expr, number: int) -> list[Printed]:
        """The values of a name that are given elsewhere than in this claim's chain: the last before it first."""
        found = self.given.get(subject, [])
        chain = self._chain(number)
        others = [(at, value) for at, value in found if self._chain(at) != chain]
        earlier = [value for at, value in others if at < number][::-1]
        return earlier + [value for at, value in others if at > number]

    def has_stood(self, printed: Printed, number: int) -> bool:
        """Whether a number was given before a claim's chain, so that there it may be repeated, not worked out."""
        chain = self._chain(number)
        return any(at < chain and v.value == printed.value for found in self.given.values() for at, v in found)

    def _chain(self, number: int) -> int:
        """The first claim of the chain that a claim stands in; two chains of one sentence are two."""
        return number - self.interpretation.claims[number].claim.step

    def environments(
        self, graph: Graph, number: int, wanted: frozenset[str]
    ) -> Iterator[tuple[dict[str, float], bool]]:
        """Ways to give values to names: the printed ones; what follows from the leaves; the first values of all. Beside
        each, whether these are the first values.
        """
        from derive.names import symbol

        printed = {name: self.before(symbol(name), number) for name in self._needed(graph, wanted)}
        updated = {name: self.given.get(symbol(f"{name}⁺"), []) for name in printed}
        if any(updated.values()):
            after: dict[str, float] = {}
            for name, news in updated.items():
                values_of = [value for _, value in news] or printed[name]
                if values_of and name not in graph.names:
                    after[name] = float(values_of[0].value)
            self._complete(graph, after, printed)
            yield after, False
        for pick in (0, -1):
            for skip_nodes in (False, True):
                values: dict[str, float] = {}
                for name, found in printed.items():
                    if found and not (skip_nodes and name in graph.names):
                        values[name] = float(found[min(pick, len(found) - 1)].value)
                self._complete(graph, values, printed)
                yield values, pick < 0

    def _needed(self, graph: Graph, wanted: frozenset[str]) -> list[str]:
        seen: dict[str, None] = {}
        waiting = sorted(wanted)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen[name] = None
                waiting.extend(graph.parents(name))
        return list(seen)

    def _complete(self, graph: Graph, values: dict[str, float], wanted: Mapping[str, object]) -> None:
        from derive.names import symbol

        for name, body in graph.closure([symbol(name) for name in wanted]).items():
            if name not in values:
                value = evaluated(body, values)
                if value is not None:
                    values[name] = value


def _rounds(one: Fraction, other: Fraction) -> bool:
    """Whether two decimals are one value printed to different digits: 0.593 and 0.59327."""
    if one == other:
        return True
    decimals = min(_decimals(one), _decimals(other))
    return decimals > 1 and abs(one - other) <= Fraction(1, 10**decimals)


def _decimals(value: Fraction) -> int:
    return next((n for n in range(1, 19) if 10**n % value.denominator == 0), 18)


def _unified(formula: sp.Expr, numbers: sp.Expr) -> list[tuple[sp.Expr, sp.Rational]] | None:
    """The names of a formula with the numbers that stand in their places; None where the shapes differ."""
    if formula.is_Symbol or isinstance(formula, Partial):
        if numbers.is_Rational:
            return [(formula, numbers)]
        negative = numbers.is_Mul and len(numbers.args) == 2 and numbers.args[0] == -1 and numbers.args[1].is_Rational
        return [(formula, -numbers.args[1])] if negative else None
    if formula.is_number or not formula.args:
        same = formula == numbers or (
            formula.is_number and numbers.is_number and isinstance(decide(formula, numbers), Proved)
        )
        return [] if same else None
    if formula.func != numbers.func or len(formula.args) != len(numbers.args):
        return None
    found: list[tuple[sp.Expr, sp.Rational]] = []
    for one, other in zip(formula.args, numbers.args, strict=True):
        part = _unified(one, other)
        if part is None:
            return None
        found += part
    bound: dict[sp.Expr, sp.Rational] = {}
    for subject, value in found:
        if bound.setdefault(subject, value) != value:
            return None
    return list(bound.items())


def _is_exact(one: Stated, number: Printed) -> bool:
    """Whether a printed number is all that the numbers before it come to: 1/8 = 0.125."""
    left = one.equations[0].left
    value = evaluated(left, {}) if one.claim.step and left.is_number else None
    return value is not None and abs(value - float(number.value)) <= _TINY * abs(value)


def _printed_side(one: Stated) -> Printed | None:
    if not one.claim.right.readings:
        return None
    return printed_number(one.claim.right.readings[0].tree, about=one.claim.relation == "≈")


def compared(left: sp.Expr, right: sp.Expr, one: Stated, graph: Graph, values: Values) -> Compared | None:
    """Two sides held against each other in numbers; None where one has no value."""
    about = one.claim.relation == "≈"
    stands = [printed_number(member.readings[0].tree, about=about) for member in (one.claim.left, one.claim.right)]
    wanted = frozenset(s.name for side in (left, right) for s in side.free_symbols)
    best: Compared | None = None
    environments = values.environments(graph, one.number, wanted) if wanted else iter([({}, False)])
    for environment, is_first in environments:
        sides = []
        for side, number in zip((left, right), stands, strict=True):
            value = float(number.value) if number is not None else evaluated(side, environment)
            if value is None:
                break
            slack = float(number.unit) / 2 if number is not None else _slack(side, environment, values)
            sides.append((value, slack))
        if len(sides) < 2:
            continue
        found = _held(sides[0], sides[1], stands[0], stands[1])
        repeats = any(number is not None and values.has_stood(number, one.number) for number in stands)
        if is_first and found.holds and best is not None and not best.holds and repeats:
            found = replace(best, verdict="replaced")
        if best is None or _ORDER.index(found.verdict) < _ORDER.index(best.verdict):
            best = found
        if best.verdict == "agree":
            break
    return best


_ORDER = ("agree", "imprecise", "replaced", "differ")


def _held(
    one: tuple[float, float], other: tuple[float, float], left: Printed | None, right: Printed | None
) -> Compared:
    (a, slack_a), (b, slack_b) = one, other
    number = right if right is not None else left
    value, stands = (a, b) if right is not None or left is None else (b, a)
    unit = float(number.unit) if number is not None else 0.0
    off = abs(a - b)
    scale = _TINY * max(abs(a), abs(b))
    told = Compared("agree", _shown(value, number), _shown(stands, number))
    loose = slack_a + slack_b + scale
    cut = unit and number is not None and off < unit + scale and (abs(stands) <= abs(value) + scale)
    if off <= loose * (1 + 1e-9) or cut:
        return told
    if unit and off <= unit * (1 + 1e-6) + (slack_a if right is not None else slack_b) + scale:
        return Compared("imprecise", told.value, told.stands)
    if number is None and off <= 2.02 * loose:
        return Compared("imprecise", told.value, told.stands)
    return Compared("differ", told.value, told.stands)


def _shown(value: float, number: Printed | None) -> str:
    """A value to as many digits as the document prints, and two more."""
    if number is None or not number.unit:
        return f"{value:.10g}"
    decimals = max(0, round(-math.log10(float(number.unit))))
    return f"{value:.{min(decimals, 15)}f}" if abs(value) >= 10.0**-decimals or value == 0 else f"{value:.4g}"


def _slack(side: sp.Expr, environment: Mapping[str, float], values: Values) -> float:
    """How far a side may be off because the decimals in it were rounded when they were printed: long ones, and those
    that the document worked out itself.
    """
    value = evaluated(side, environment)
    if value is None:
        return 0.0
    loose = 0.0
    for name in {s.name for s in side.free_symbols} & environment.keys():
        unit = values.rounded.get((name, Fraction(str(abs(environment[name])))))
        if unit is not None:
            moved = evaluated(side, {**environment, name: environment[name] + float(unit) / 2})
            loose += abs(moved - value) if moved is not None else 0.0
    for literal in side.atoms(sp.Rational):
        off = values.loose(Fraction(literal.p, literal.q))
        if off:
            further = literal + sp.Rational(off.numerator, off.denominator)
            moved = evaluated(side.xreplace({literal: further}), environment)
            loose += abs(moved - value) if moved is not None else 0.0
    return loose


def evaluated(expression: sp.Expr, values: Mapping[str, float]) -> float | None:
    """The value of an expression in floating point; None where a name has none, or there is no real value."""
    try:
        found = _value(expression, values)
    except (KeyError, ValueError, ArithmeticError, TypeError, RecursionError):
        return None
    return found if math.isfinite(found) else None


def _value(node: sp.Expr, values: Mapping[str, float]) -> float:
    if node.is_Symbol:
        return values[node.name]
    if node.is_Number or node.is_NumberSymbol:
        return float(node)
    if node.is_Add:
        return math.fsum(_value(part, values) for part in node.args)
    if node.is_Mul:
        return math.prod(_value(part, values) for part in node.args)
    if node.is_Pow:
        power = _value(node.base, values) ** _value(node.exp, values)
        if isinstance(power, complex):
            raise ValueError(node)
        return float(power)
    if isinstance(node, sp.Piecewise):
        for value, test in node.args:
            if test is sp.true or _holds(test, values):
                return _value(value, values)
        raise ValueError(node)
    return _FUNCTIONS[node.func](*(_value(part, values) for part in node.args))


def _holds(test: sp.Basic, values: Mapping[str, float]) -> bool:
    left, right = (_value(part, values) for part in test.args)
    return {
        sp.StrictGreaterThan: left > right,
        sp.StrictLessThan: left < right,
        sp.GreaterThan: left >= right,
        sp.LessThan: left <= right,
    }[test.func]


_FUNCTIONS: Mapping[object, Callable[..., float]] = MappingProxyType({
    Sigmoid: lambda x: 1 / (1 + math.exp(-x)),
    Tanh: math.tanh,
    Relu: lambda x: max(x, 0.0),
    Softplus: lambda x: math.log1p(math.exp(x)),
    Step: lambda x: float(x > 0),
    sp.exp: math.exp, sp.log: math.log, sp.sin: math.sin, sp.cos: math.cos, sp.Abs: abs, sp.tanh: math.tanh,
    sp.tan: math.tan, sp.sinh: math.sinh, sp.cosh: math.cosh, sp.Max: max, sp.Min: min,
    sp.sign: lambda x: float((x > 0) - (x < 0)),
})  # fmt: skip
