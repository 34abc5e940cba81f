"""Straight-line programs: every operation of some formulas once, in the order in which the formulas are written.

A program is made from expressions, never from text. It is compiled to run fast, and it can be interpreted operation by
operation, to see where exactly a value leaves the range of numbers.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FunctionType

import sympy as sp

from derive import rules
from derive.ordering import divides, divisor, terms_of

Row = tuple[float, ...]
NO_NUMBER = math.nan
"""Stands in a row where a spreadsheet shows #NUM!."""
DIVIDED_BY_ZERO = math.inf
"""Stands in a row where a spreadsheet shows #DIV/0!."""


@dataclass
class Program:
    """Straight-line code under construction: each operation on variables and constants once.

    `variables` maps a quantity's name to its operand; `done` an operation to the operand that holds its result, in the
    order of computation.
    """

    variables: dict[str, str]
    done: dict[tuple[str, ...], str] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, leaves: Sequence[str], formulas: Mapping[str, sp.Expr]) -> "Program":
        """The program that computes formulas, in their order, from leaves and earlier formulas."""
        program = cls({name: f"x{place}" for place, name in enumerate(leaves)})
        for name, formula in formulas.items():
            program.variables[name] = lower(formula, program)
        return program

    def constant(self, value: float) -> str:
        """The operand that stands for a number."""
        key = repr(value)
        self.constants[key] = value
        return key

    def operation(self, kind: str, *operands: str) -> str:
        """The operand that holds the result of an operation; the same operation is done once."""
        return self.done.setdefault((kind, *operands), f"v{len(self.done)}")

    def returned(self, names: Iterable[str]) -> ast.stmt:
        """The return of some quantities' values."""
        return ast.Return(ast.Tuple([self.load(self.variables[name]) for name in names], ast.Load()))

    def lines(self) -> list[ast.stmt]:
        """One assignment for each operation."""
        return [
            ast.Assign([ast.Name(result, ast.Store())], _OPERATIONS[kind].code(*map(self.load, operands)))
            for (kind, *operands), result in self.done.items()
        ]

    def load(self, operand: str) -> ast.expr:
        """An operand as code."""
        if operand in self.constants:
            return ast.Constant(self.constants[operand])
        return ast.Name(operand, ast.Load())

    def interpret(self, values: Mapping[str, float]) -> dict[str, float]:
        """Operand to value, one operation after the other, from the values of the leaves' operands.

        Where a value leaves the range of numbers the operand holds NO_NUMBER or DIVIDED_BY_ZERO, and so does all that
        is computed from it, as in a spreadsheet.
        """
        held = {**self.constants, **values}
        for (kind, *operands), result in self.done.items():
            held[result] = checked(_OPERATIONS[kind].function, *(held[operand] for operand in operands))
        return held


def compile_formulas(leaves: Sequence[str], formulas: Mapping[str, sp.Expr]) -> tuple[Program, Callable[..., Row]]:
    """The program of formulas, and it compiled: a function from the leaves' values to theirs and the formulas'."""
    return _compiled_once(tuple(leaves), tuple(formulas.items()))


@lru_cache(maxsize=4)
def _compiled_once(
    leaves: tuple[str, ...], formulas: tuple[tuple[str, sp.Expr], ...]
) -> tuple[Program, Callable[..., Row]]:
    """The same for every learning rate."""
    program = Program.of(leaves, dict(formulas))
    operands = [program.variables[name] for name in leaves]
    return program, compiled(operands, [*program.lines(), program.returned(program.variables)])


def compiled(arguments: Sequence[str], body: list[ast.stmt]) -> Callable[..., Row]:
    """A function of arguments from its statements; only operations of the table can stand in them."""
    parameters = [ast.arg(name) for name in arguments]
    function = ast.FunctionDef("step", ast.arguments([], parameters, None, [], [], None, []), body, [])
    module = compile(ast.fix_missing_locations(ast.Module([function], [])), "<step>", "exec")
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return FunctionType(code, dict(_FUNCTIONS))


def checked(function: Callable[..., float], *operands: float) -> float:
    """One operation as a spreadsheet does it: errors go on, and a result out of range is one."""
    wrong = next((operand for operand in operands if not math.isfinite(operand)), None)
    if wrong is not None:
        return wrong
    try:
        result = function(*operands)
    except ZeroDivisionError:
        return DIVIDED_BY_ZERO
    except (OverflowError, ValueError):
        return NO_NUMBER
    return result if math.isfinite(result) else NO_NUMBER


def _binary(operator: ast.operator) -> Callable[..., ast.expr]:
    return lambda left, right: ast.BinOp(left, operator, right)


def _call(name: str) -> Callable[..., ast.expr]:
    return lambda *arguments: ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _positive(x: float) -> float:
    return 1.0 if x > 0 else 0.0


def _zero(x: float) -> float:
    return 1.0 if x == 0 else 0.0


def _sign(x: float) -> float:
    return _positive(x) - _positive(-x)


@dataclass(frozen=True)
class _Operation:
    """An operation as code in a compiled program, and as a function for one step of its interpretation."""

    code: Callable[..., ast.expr]
    function: Callable[..., float]


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "power": math.pow, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "sin": math.sin,
    "cos": math.cos, "abs": abs, "positive": _positive, "sign": _sign, "zero": _zero,
}  # fmt: skip
_OPERATIONS: dict[str, _Operation] = {
    "+": _Operation(_binary(ast.Add()), operator.add),
    "-": _Operation(_binary(ast.Sub()), operator.sub),
    "*": _Operation(_binary(ast.Mult()), operator.mul),
    "/": _Operation(_binary(ast.Div()), operator.truediv),
    "negative": _Operation(lambda operand: ast.UnaryOp(ast.USub(), operand), operator.neg),
    **{name: _Operation(_call(name), function) for name, function in _FUNCTIONS.items()},
}


def lower(expression: sp.Expr, program: Program) -> str:
    """The operand that holds an expression's value, its operations added to the program in the order written."""
    if expression.is_Symbol:
        return program.variables[expression.name]
    if expression.is_Rational or expression.is_NumberSymbol:
        return program.constant(float(expression))
    for kind, write in _LOWERED.items():
        if isinstance(expression, kind):
            return write(expression, program)
    raise TypeError(f"a program cannot compute {type(expression).__name__}: {expression}")


def _lower_sum(expression: sp.Expr, program: Program) -> str:
    """Terms from left to right; a term with a leading -1 is subtracted."""
    value = ""
    for term in expression.args:
        negative = term.is_Mul and term.args[0] == -1
        operand = lower(_without_first(term) if negative else term, program)
        if not value:
            value = program.operation("negative", operand) if negative else operand
        else:
            value = program.operation("-" if negative else "+", value, operand)
    return value


def _without_first(product: sp.Expr) -> sp.Expr:
    rest = product.args[1:]
    return rest[0] if len(rest) == 1 else sp.Mul(*rest, evaluate=False)


def _lower_product(expression: sp.Expr, program: Program) -> str:
    """Factors from left to right; one with a negative exponent divides."""
    value = ""
    negative = False
    for factor in guarded(expression).args:
        if not value and not negative and factor == -1:
            negative = True
        elif divides(factor):
            value = program.operation("/", value or program.constant(1.0), lower(divisor(factor), program))
        else:
            operand = lower(factor, program)
            value = program.operation("*", value, operand) if value else operand
    value = value or program.constant(1.0)
    return program.operation("negative", value) if negative else value


class Guard(sp.Function):  # type: ignore[misc]
    """1 where its argument is 0, else 0."""

    nargs = (1,)


def guarded(product: sp.Expr) -> sp.Expr:
    """y * ln(out) as a computer needs it: y * ln(out + [y = 0]), which is 0 where y is, even where out is 0.

    Nothing else of it changes, not a bit: elsewhere [y = 0] is 0.
    """
    rest = [factor for factor in product.args if not isinstance(factor, sp.log) and not factor.is_Number]
    if not rest or len(rest) == len(product.args) or not any(isinstance(factor, sp.log) for factor in product.args):
        return product
    mark = Guard(rest[0] if len(rest) == 1 else sp.Mul(*rest, evaluate=False))
    rebuilt: sp.Expr = sp.Mul(*(
        sp.log(sp.Add(*terms_of(factor.args[0]), mark, evaluate=False), evaluate=False)
        if isinstance(factor, sp.log) and factor.args[0].free_symbols else factor
        for factor in product.args), evaluate=False)
    return rebuilt


def _lower_power(expression: sp.Expr, program: Program) -> str:
    if divides(expression):
        return program.operation("/", program.constant(1.0), lower(divisor(expression), program))
    if expression.exp == sp.S.Half:
        return program.operation("sqrt", lower(expression.base, program))
    return program.operation("power", lower(expression.base, program), lower(expression.exp, program))


def _lower_sigmoid(expression: sp.Expr, program: Program) -> str:
    """1/(1+EXP(-x)), as the sheet has it."""
    exponential = program.operation("exp", program.operation("negative", lower(expression.args[0], program)))
    one = program.constant(1.0)
    return program.operation("/", one, program.operation("+", one, exponential))


def _function(kind: str) -> Callable[[sp.Expr, Program], str]:
    return lambda expression, program: program.operation(kind, lower(expression.args[0], program))


def _lower_relu(expression: sp.Expr, program: Program) -> str:
    """(x>0)*x."""
    x = lower(expression.args[0], program)
    return program.operation("*", program.operation("positive", x), x)


def _lower_softplus(expression: sp.Expr, program: Program) -> str:
    """LN(1+EXP(x))."""
    exponential = program.operation("exp", lower(expression.args[0], program))
    return program.operation("log", program.operation("+", program.constant(1.0), exponential))


_LOWERED: dict[type, Callable[[sp.Expr, Program], str]] = {
    sp.Add: _lower_sum,
    sp.Mul: _lower_product,
    sp.Pow: _lower_power,
    sp.exp: _function("exp"),
    sp.log: _function("log"),
    sp.sin: _function("sin"),
    sp.cos: _function("cos"),
    sp.sign: _function("sign"),
    sp.Abs: _function("abs"),
    rules.Sigmoid: _lower_sigmoid,
    rules.Tanh: _function("tanh"),
    rules.Relu: _lower_relu,
    rules.Step: _function("positive"),
    Guard: _function("zero"),
    rules.Softplus: _lower_softplus,
}
