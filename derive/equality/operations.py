"""What each kind of expression is in the steps of a program."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import sympy as sp

from derive.equality.guards import MOST_DIGITS, OutOfReachError
from derive.rules import Elementary, rule_of

if TYPE_CHECKING:
    from derive.equality.program import Program

Operation = Callable[["Program", Any, list[int]], int]
"""From a program, an expression, and the steps of its arguments, to its own step."""


@cache
def operation_of(kind: type) -> Operation:
    """How an expression of a kind is added to a program."""
    for base, operation in OPERATIONS.items():
        if issubclass(kind, base):
            return operation
    raise OutOfReachError(f"no rule for {kind.__name__}")


def _symbol(program: "Program", node: Any, parts: list[int]) -> int:
    place = program.defined.get(node.name)
    return program.step("name", value=node.name) if place is None else place


def _rational(program: "Program", node: Any, parts: list[int]) -> int:
    value = Fraction(int(node.p), int(node.q))
    if max(abs(value.numerator), value.denominator).bit_length() > MOST_DIGITS * 3.33:
        raise OutOfReachError(f"a number of more than {MOST_DIGITS} digits")
    return program.constant(value)


def _float(program: "Program", node: Any, parts: list[int]) -> int:
    return program.constant(Fraction(str(node)))


def _n_ary(operation: str) -> Operation:
    return lambda program, node, parts: program.step(operation, *parts)


def _power(program: "Program", node: Any, parts: list[int]) -> int:
    if program.steps[parts[0]].operation == "e":
        return program.step("exp", parts[1])
    return program.step("power", *parts)


@cache
def _definition(function: Any) -> tuple[sp.Symbol, sp.Expr]:
    argument = sp.Dummy("x", real=True)
    return argument, rule_of(function(argument)).definition(argument)


def _elementary(program: "Program", node: Any, parts: list[int]) -> int:
    argument, definition = _definition(node.func)
    return program.add(definition, {argument: parts[0]})


def _hyperbolic(plus: int, top: str) -> Operation:
    """sinh and cosh are (e^x ± e^-x)/2, tanh and coth their quotients, sech and csch their reciprocals."""

    def read(program: "Program", node: Any, parts: list[int]) -> int:
        grow = program.step("exp", parts[0])
        decay = program.step("exp", program.negative(parts[0]))
        sinh = program.difference(grow, decay)
        cosh = program.step("add", grow, decay)
        two = program.constant(2)
        upper = {"sinh": sinh, "cosh": cosh, "1": two}[top]
        lower = {-1: sinh, 0: two, 1: cosh}[plus]
        return program.step("mul", upper, program.reciprocal(lower))

    return read


def _circular(top: str, bottom: str) -> Operation:
    """tan, cot, sec and csc as quotients of sin, cos and 1."""

    def read(program: "Program", node: Any, parts: list[int]) -> int:
        upper = program.constant(1) if top == "1" else program.step(top, parts[0])
        return program.step("mul", upper, program.reciprocal(program.step(bottom, parts[0])))

    return read


# A test is `positive` or `zero`, or `rising`: positive, where at zero both branches of the choice agree.


def _abs(program: "Program", node: Any, parts: list[int]) -> int:
    return program.step("case", program.step("rising", parts[0]), parts[0], program.negative(parts[0]))


def _sign(program: "Program", node: Any, parts: list[int]) -> int:
    rest = program.step("case", program.step("zero", parts[0]), program.constant(0), program.constant(-1))
    return program.step("case", program.step("positive", parts[0]), program.constant(1), rest)


def _extreme(largest: bool) -> Operation:
    def read(program: "Program", node: Any, parts: list[int]) -> int:
        best, *others = parts
        for other in others:
            above = program.step("rising", program.difference(best, other))
            best = program.step("case", above, *((best, other) if largest else (other, best)))
        return best

    return read


def _comparison(operation: str, swapped: bool, negated: bool) -> Operation:
    """left > right is (left - right positive); left >= right is not (right - left positive)."""

    def read(program: "Program", node: Any, parts: list[int]) -> int:
        left, right = reversed(parts) if swapped else parts
        test = program.step(operation, program.difference(left, right))
        return program.step("not", test) if negated else test

    return read


def _choice_of_tests(program: "Program", node: Any, parts: list[int]) -> int:
    test, then, otherwise = parts
    holds = program.step("and", test, then)
    return program.step("or", holds, program.step("and", program.step("not", test), otherwise))


def _piecewise(program: "Program", node: Any, parts: list[int]) -> int:
    chosen = program.step("undefined")
    for branch in reversed(parts):
        value, test = program.steps[branch].parts
        chosen = program.step("case", test, value, chosen)
    return chosen


OPERATIONS: dict[type, Operation] = {
    sp.Symbol: _symbol,
    sp.Rational: _rational,
    sp.Float: _float,
    sp.Add: _n_ary("add"),
    sp.Mul: _n_ary("mul"),
    sp.Pow: _power,
    sp.exp: _n_ary("exp"),
    sp.log: lambda program, node, parts: (
        program.step("log", parts[0])
        if len(parts) == 1
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
"""The first row of which an expression is an instance."""
