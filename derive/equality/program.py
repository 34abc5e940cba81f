"""An expression as a straight-line program: each step once, after the steps that it uses.

Nesting costs no recursion here, equal parts are one step, and a defined name is a step that can be looked at as an atom
or through its definition. Nothing is evaluated: 9**9**9 is three constants and two powers.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from msgspec import Struct

from derive.rules import Elementary, rule_of

MOST_STEPS = 60_000
MOST_DIGITS = 3_000


class OutOfReachError(Exception):
    """The decision stops here, and says why: a guard on size, or something that no rule covers."""


class Step(Struct, frozen=True):
    """One operation on earlier steps; `value` is a constant's Fraction or a name's text."""

    operation: str
    parts: tuple[int, ...] = ()
    value: Fraction | str | None = None


class Program:
    """Steps in an order in which each can be computed; `left` and `right` are added by `add`."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.defined: dict[str, int] = {}
        self._places: dict[Step, int] = {}

    def step(self, operation: str, *parts: int, value: Fraction | str | None = None) -> int:
        """The place of a step, which is made where it is new."""
        step = Step(operation, parts, value)
        place = self._places.get(step)
        if place is None:
            place = self._places[step] = len(self.steps)
            self.steps.append(step)
            if place > MOST_STEPS:
                raise OutOfReachError(f"more than {MOST_STEPS} operations")
        return place

    def constant(self, value: int | Fraction) -> int:
        """The place of a rational constant."""
        return self.step("constant", value=Fraction(value))

    def define(self, name: str, expression: sp.Expr) -> None:
        """Give a name its definition; names of later `add` and `define` calls refer to it."""
        self.defined[name] = self.step("node", self.add(expression), value=name)

    def add(self, expression: sp.Basic, bound: Mapping[sp.Basic, int] | None = None) -> int:
        """The place of an expression's value; `bound` gives symbols that stand for steps."""
        places: dict[int, int] = {}
        kept: list[sp.Basic] = []  # ids are only unique while their objects live
        stack: list[tuple[sp.Basic, bool]] = [(expression, False)]
        while stack:
            node, ready = stack.pop()
            if id(node) in places:
                continue
            if not ready:
                stack.append((node, True))
                stack.extend((part, False) for part in node.args if id(part) not in places)
                continue
            kept.append(node)
            if bound and node.is_Symbol and node in bound:
                places[id(node)] = bound[node]
            else:
                places[id(node)] = self._read(node, [places[id(part)] for part in node.args])
        return places[id(expression)]

    def _read(self, node: sp.Basic, parts: list[int]) -> int:
        for kind, read in _READERS.items():
            if isinstance(node, kind):
                return read(self, node, parts)
        raise OutOfReachError(f"no rule for {type(node).__name__}")

    def negative(self, place: int) -> int:
        """Minus a step."""
        return self.step("mul", self.constant(-1), place)

    def difference(self, left: int, right: int) -> int:
        """One step minus another."""
        if self.steps[right].value == 0:
            return left
        if self.steps[left].value == 0:
            return self.negative(right)
        return self.step("add", left, self.negative(right))

    def reciprocal(self, place: int) -> int:
        """One over a step."""
        return self.step("power", place, self.constant(-1))

    def visible(self, atoms: Collection[str], *roots: int) -> list[int]:
        """The places that the roots use, in order; the definitions of `atoms` are not looked at."""
        return sorted(self._reached(atoms, roots, lambda step: step.parts))

    def unconditional(self, atoms: Collection[str], *roots: int) -> frozenset[int]:
        """The places without which a root has no value: those that no case chooses."""
        return frozenset(self._reached(
            atoms, roots, lambda step: step.parts[:1] if step.operation == "case" else step.parts
        ))

    def names(self, places: Iterable[int], atoms: Collection[str]) -> list[str]:
        """The names among the places that stand for themselves, w9 before w10."""
        steps = (self.steps[place] for place in places)
        found = {str(step.value) for step in steps if step.operation == "name" or step.value in atoms}
        return sorted(found, key=_natural)

    def _reached(self, atoms: Collection[str], roots: Iterable[int],
                 parts: Callable[[Step], tuple[int, ...]]) -> set[int]:
        wanted = set(roots)
        for place in range(max(wanted), -1, -1):
            step = self.steps[place]
            if place in wanted and not (step.operation == "node" and step.value in atoms):
                wanted.update(parts(step))
        return wanted


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name) if part)


def names_in(expression: sp.Basic) -> set[str]:
    """The names of all symbols in an expression, however deeply nested it is."""
    found: set[str] = set()
    seen: set[int] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, sp.Symbol):
            found.add(node.name)
        stack.extend(node.args)
    return found


def _symbol(program: Program, node: Any, parts: list[int]) -> int:
    place = program.defined.get(node.name)
    return program.step("name", value=node.name) if place is None else place


def _rational(program: Program, node: Any, parts: list[int]) -> int:
    value = Fraction(int(node.p), int(node.q))
    if max(abs(value.numerator), value.denominator).bit_length() > MOST_DIGITS * 3.33:
        raise OutOfReachError(f"a number of more than {MOST_DIGITS} digits")
    return program.constant(value)


def _float(program: Program, node: Any, parts: list[int]) -> int:
    return program.constant(Fraction(str(node)))


def _n_ary(operation: str) -> Callable[[Program, Any, list[int]], int]:
    return lambda program, node, parts: program.step(operation, *parts)


def _power(program: Program, node: Any, parts: list[int]) -> int:
    if program.steps[parts[0]].operation == "e":
        return program.step("exp", parts[1])
    return program.step("power", *parts)


@cache
def _definition(function: Any) -> tuple[sp.Symbol, sp.Expr]:
    argument = sp.Dummy("x", real=True)
    return argument, rule_of(function(argument)).definition(argument)


def _elementary(program: Program, node: Any, parts: list[int]) -> int:
    argument, definition = _definition(node.func)
    return program.add(definition, {argument: parts[0]})


def _hyperbolic(plus: int, top: str) -> Callable[[Program, Any, list[int]], int]:
    """sinh and cosh are (e^x ± e^-x)/2, tanh and coth their quotients, sech and csch their reciprocals."""

    def read(program: Program, node: Any, parts: list[int]) -> int:
        grow = program.step("exp", parts[0])
        decay = program.step("exp", program.negative(parts[0]))
        sinh = program.difference(grow, decay)
        cosh = program.step("add", grow, decay)
        two = program.constant(2)
        upper = {"sinh": sinh, "cosh": cosh, "1": two}[top]
        lower = {-1: sinh, 0: two, 1: cosh}[plus]
        return program.step("mul", upper, program.reciprocal(lower))

    return read


def _circular(top: str, bottom: str) -> Callable[[Program, Any, list[int]], int]:
    """tan, cot, sec and csc as quotients of sin, cos and 1."""

    def read(program: Program, node: Any, parts: list[int]) -> int:
        upper = program.constant(1) if top == "1" else program.step(top, parts[0])
        return program.step("mul", upper, program.reciprocal(program.step(bottom, parts[0])))

    return read


# A test is `positive` or `zero`, or `rising`: positive, where at zero both branches of the choice agree.


def _abs(program: Program, node: Any, parts: list[int]) -> int:
    return program.step("case", program.step("rising", parts[0]), parts[0], program.negative(parts[0]))


def _sign(program: Program, node: Any, parts: list[int]) -> int:
    rest = program.step("case", program.step("zero", parts[0]), program.constant(0), program.constant(-1))
    return program.step("case", program.step("positive", parts[0]), program.constant(1), rest)


def _extreme(largest: bool) -> Callable[[Program, Any, list[int]], int]:
    def read(program: Program, node: Any, parts: list[int]) -> int:
        best, *others = parts
        for other in others:
            above = program.step("rising", program.difference(best, other))
            best = program.step("case", above, *((best, other) if largest else (other, best)))
        return best

    return read


def _comparison(operation: str, swapped: bool, negated: bool) -> Callable[[Program, Any, list[int]], int]:
    """left > right is (left - right positive); left >= right is not (right - left positive)."""

    def read(program: Program, node: Any, parts: list[int]) -> int:
        left, right = reversed(parts) if swapped else parts
        test = program.step(operation, program.difference(left, right))
        return program.step("not", test) if negated else test

    return read


def _choice_of_tests(program: Program, node: Any, parts: list[int]) -> int:
    test, then, otherwise = parts
    holds = program.step("and", test, then)
    return program.step("or", holds, program.step("and", program.step("not", test), otherwise))


def _piecewise(program: Program, node: Any, parts: list[int]) -> int:
    chosen = program.step("undefined")
    for branch in reversed(parts):
        value, test = program.steps[branch].parts
        chosen = program.step("case", test, value, chosen)
    return chosen


_READERS: dict[type, Callable[[Program, Any, list[int]], int]] = {
    sp.Symbol: _symbol,
    sp.Rational: _rational,
    sp.Float: _float,
    sp.Add: _n_ary("add"),
    sp.Mul: _n_ary("mul"),
    sp.Pow: _power,
    sp.exp: _n_ary("exp"),
    sp.log: lambda program, node, parts: (
        program.step("log", parts[0]) if len(parts) == 1
        else program.step("mul", program.step("log", parts[0]), program.reciprocal(program.step("log", parts[1])))
    ),
    Elementary: _elementary,
    sp.tanh: _hyperbolic(1, "sinh"),
    sp.coth: _hyperbolic(-1, "cosh"),
    sp.sinh: _hyperbolic(0, "sinh"),
    sp.cosh: _hyperbolic(0, "cosh"),
    sp.sech: _hyperbolic(1, "1"),
    sp.csch: _hyperbolic(-1, "1"),
    sp.sin: _n_ary("sin"),
    sp.cos: _n_ary("cos"),
    sp.tan: _circular("sin", "cos"),
    sp.cot: _circular("cos", "sin"),
    sp.sec: _circular("1", "cos"),
    sp.csc: _circular("1", "sin"),
    type(sp.E): lambda program, node, parts: program.step("e"),
    type(sp.pi): lambda program, node, parts: program.step("pi"),
    sp.Abs: _abs,
    sp.sign: _sign,
    sp.Max: _extreme(True),
    sp.Min: _extreme(False),
    sp.Gt: _comparison("positive", False, False),
    sp.Ge: _comparison("positive", True, True),
    sp.Lt: _comparison("positive", True, False),
    sp.Le: _comparison("positive", False, True),
    sp.Eq: _comparison("zero", False, False),
    sp.Ne: _comparison("zero", False, True),
    sp.And: _n_ary("and"),
    sp.Or: _n_ary("or"),
    sp.Not: _n_ary("not"),
    sp.ITE: _choice_of_tests,
    type(sp.true): lambda program, node, parts: program.step("true"),
    type(sp.false): lambda program, node, parts: program.step("not", program.step("true")),
    sp.functions.elementary.piecewise.ExprCondPair: lambda program, node, parts: program.step("branch", *parts),
    sp.Piecewise: _piecewise,
}
