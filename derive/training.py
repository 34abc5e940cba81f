"""Training in floating point: the straight-line program of one update, and the rows that it gives.

The program is compiled once. Every operation stands in it in the order in which the formulas in the sheets are
written, so that each value is the one a spreadsheet computes; an operation that several formulas share is done once.
"""

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, FunctionType

import sympy as sp

from derive import rules
from derive.errors import DeriveError

Step = Callable[..., tuple[float, ...]]
"""From the learning rate and the leaves' values to every quantity of the row, then the next parameters."""


def train(
    leaves: Mapping[str, float],
    formulas: Mapping[str, sp.Expr],
    updates: Mapping[str, str],
    learning_rate: float,
    times: int,
) -> Iterator[tuple[float, ...]]:
    """The rows of a training, one at a time: `times` updates give `times` + 1 rows.

    `formulas` maps each computed quantity to an expression in leaves and earlier quantities, `updates` each parameter
    to the quantity that is its gradient; parameters are leaves. A row is the leaves' values, then the formulas', in the
    order of the mappings. DeriveError where a value leaves the range of numbers, with the update at which it does.
    """
    step = compile_step(tuple(leaves), formulas, updates)
    width = len(leaves) + len(formulas)
    where = {name: place for place, name in enumerate(leaves)}
    moved = [where[name] for name in updates]
    values = list(leaves.values())
    for update in range(times + 1):
        try:
            row = step(learning_rate, *values)
        except (OverflowError, ZeroDivisionError, ValueError):
            row = (math.inf,)
        if not math.isfinite(sum(row)):
            raise DeriveError(f"learning rate {learning_rate}", f"the training leaves the numbers at update {update}",
                              "take a smaller rate or fewer updates")
        yield row[:width]
        for place, value in zip(moved, row[width:], strict=True):
            values[place] = value


@dataclass
class _Program:
    """Straight-line code under construction: each operation on variables and constants once."""

    variables: dict[str, str]
    lines: list[ast.stmt] = field(default_factory=list)
    done: dict[tuple[str, ...], str] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)

    def constant(self, value: float) -> str:
        """The operand that stands for a number."""
        key = repr(value)
        self.constants[key] = value
        return key

    def operation(self, kind: str, *operands: str) -> str:
        """The operand that holds the result of an operation; the same operation is done once."""
        key = (kind, *operands)
        if key not in self.done:
            self.done[key] = f"v{len(self.done)}"
            made = _OPERATIONS[kind](*(self._load(operand) for operand in operands))
            self.lines.append(ast.Assign([ast.Name(self.done[key], ast.Store())], made))
        return self.done[key]

    def result(self, operands: Sequence[str]) -> ast.stmt:
        """The return of a tuple of operands."""
        return ast.Return(ast.Tuple([self._load(operand) for operand in operands], ast.Load()))

    def _load(self, operand: str) -> ast.expr:
        if operand in self.constants:
            return ast.Constant(self.constants[operand])
        return ast.Name(operand, ast.Load())


def _binary(operator: ast.operator) -> Callable[[ast.expr, ast.expr], ast.expr]:
    return lambda left, right: ast.BinOp(left, operator, right)


def _call(name: str) -> Callable[..., ast.expr]:
    return lambda *arguments: ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


_OPERATIONS: dict[str, Callable[..., ast.expr]] = {
    "+": _binary(ast.Add()),
    "-": _binary(ast.Sub()),
    "*": _binary(ast.Mult()),
    "/": _binary(ast.Div()),
    "^": _binary(ast.Pow()),
    "negative": lambda operand: ast.UnaryOp(ast.USub(), operand),
    "exp": _call("exp"),
    "log": _call("log"),
    "sqrt": _call("sqrt"),
    "tanh": _call("tanh"),
    "abs": _call("abs"),
    "positive": _call("positive"),
}
_GLOBALS = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "abs": abs,
            "positive": lambda x: 1.0 if x > 0 else 0.0}


def compile_step(leaves: Sequence[str], formulas: Mapping[str, sp.Expr], updates: Mapping[str, str]) -> Step:
    """One update as a function: step(learning_rate, *leaves) = leaves, formulas, next parameters."""
    program = _Program({name: f"x{place}" for place, name in enumerate(leaves)})
    for name, formula in formulas.items():
        program.variables[name] = _lower(formula, program)
    moved = [
        program.operation("-", program.variables[name],
                          program.operation("*", "rate", program.variables[gradient]))
        for name, gradient in updates.items()
    ]
    lines = [*program.lines, program.result([*program.variables.values(), *moved])]
    parameters = [ast.arg("rate"), *(ast.arg(f"x{place}") for place in range(len(leaves)))]
    function = ast.FunctionDef("step", ast.arguments([], parameters, None, [], [], None, []), lines, [])
    module = compile(ast.fix_missing_locations(ast.Module([function], [])), "<step>", "exec")
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return FunctionType(code, dict(_GLOBALS))


def _lower(expression: sp.Expr, program: _Program) -> str:
    """The operand that holds an expression's value, its operations added to the program in the order written."""
    if expression.is_Symbol:
        return program.variables[expression.name]
    if expression.is_Rational:
        return program.constant(float(expression))
    for kind, lower in _LOWERED.items():
        if isinstance(expression, kind):
            return lower(expression, program)
    raise TypeError(f"training cannot compute {type(expression).__name__}: {expression}")


def _lower_sum(expression: sp.Expr, program: _Program) -> str:
    """Terms from left to right; a term with a leading -1 is subtracted."""
    value = ""
    for term in expression.args:
        negative = term.is_Mul and term.args[0] == -1
        operand = _lower(_without_first(term) if negative else term, program)
        if not value:
            value = program.operation("negative", operand) if negative else operand
        else:
            value = program.operation("-" if negative else "+", value, operand)
    return value


def _without_first(product: sp.Expr) -> sp.Expr:
    rest = product.args[1:]
    return rest[0] if len(rest) == 1 else sp.Mul(*rest, evaluate=False)


def _lower_product(expression: sp.Expr, program: _Program) -> str:
    """Factors from left to right; a factor to the power -1 divides."""
    value = ""
    negative = False
    for factor in expression.args:
        if not value and not negative and factor == -1:
            negative = True
        elif factor.is_Pow and factor.exp == -1:
            value = program.operation("/", value or program.constant(1.0), _lower(factor.base, program))
        else:
            operand = _lower(factor, program)
            value = program.operation("*", value, operand) if value else operand
    value = value or program.constant(1.0)
    return program.operation("negative", value) if negative else value


def _lower_power(expression: sp.Expr, program: _Program) -> str:
    if expression.exp == -1:
        return program.operation("/", program.constant(1.0), _lower(expression.base, program))
    return program.operation("^", _lower(expression.base, program), _lower(expression.exp, program))


def _lower_sigmoid(expression: sp.Expr, program: _Program) -> str:
    """1/(1+EXP(-x)), as the sheet has it."""
    exponential = program.operation("exp", program.operation("negative", _lower(expression.args[0], program)))
    one = program.constant(1.0)
    return program.operation("/", one, program.operation("+", one, exponential))


def _function(kind: str) -> Callable[[sp.Expr, _Program], str]:
    return lambda expression, program: program.operation(kind, _lower(expression.args[0], program))


def _lower_relu(expression: sp.Expr, program: _Program) -> str:
    """(x>0)*x."""
    x = _lower(expression.args[0], program)
    return program.operation("*", program.operation("positive", x), x)


def _lower_softplus(expression: sp.Expr, program: _Program) -> str:
    """LN(1+EXP(x))."""
    exponential = program.operation("exp", _lower(expression.args[0], program))
    return program.operation("log", program.operation("+", program.constant(1.0), exponential))


_LOWERED: dict[type, Callable[[sp.Expr, _Program], str]] = {
    sp.Add: _lower_sum,
    sp.Mul: _lower_product,
    sp.Pow: _lower_power,
    sp.exp: _function("exp"),
    sp.log: _function("log"),
    sp.Abs: _function("abs"),
    rules.Sigmoid: _lower_sigmoid,
    rules.Tanh: _function("tanh"),
    rules.Relu: _lower_relu,
    rules.Step: _function("positive"),
    rules.Softplus: _lower_softplus,
}
