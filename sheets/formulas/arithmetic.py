"""What Excel's formulas compute with: its operators, and numbers, conditions, ranges and arrays as SymPy has them."""

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import TypeAlias

import sympy as sp
from msgspec import Struct
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom, BooleanFunction

from derive import rules


class Binding(IntEnum):
    """How tightly an operator holds its operands, loosest first; in Excel a sign holds tighter than a power."""

    COMPARISON = 1
    SUM = 2
    PRODUCT = 3
    POWER = 4
    PERCENT = 5
    SIGN = 6
    ATOM = 7


class Operator(Struct, frozen=True):
    """One operator as Excel writes it, with an example formula and its value."""

    text: str
    binding: Binding
    example: str
    value: float


OPERATORS = (
    Operator("+", Binding.SUM, "=1+2-4+8", 7),
    Operator("-", Binding.SUM, "=10-4-3", 3),
    Operator("*", Binding.PRODUCT, "=2*3^2*-1", -18),
    Operator("/", Binding.PRODUCT, "=12/3*2/4", 2),
    Operator("^", Binding.POWER, "=2^3^2", 64),
    Operator("%", Binding.PERCENT, "=50%^2*4", 1),
    Operator("-x", Binding.SIGN, "=-2^2", 4),
    Operator("+x", Binding.SIGN, "=+2^+2", 4),
    Operator(">", Binding.COMPARISON, "=(2>1)*3+(1>2)*5+(1>1)*7", 3),
    Operator("<", Binding.COMPARISON, "=(1<2)*3+(2<1)*5+(1<1)*7", 3),
    Operator(">=", Binding.COMPARISON, "=(2>=1)*3+(1>=2)*5+(1>=1)*7", 10),
    Operator("<=", Binding.COMPARISON, "=(1<=2)*3+(2<=1)*5+(1<=1)*7", 10),
    Operator("=", Binding.COMPARISON, "=(2=2)*3+(1=2)*5", 3),
    Operator("<>", Binding.COMPARISON, "=(2<>2)*3+(1<>2)*5", 5),
)


class SampleSum(sp.Function):  # type: ignore[misc]
    """The sum of an expression over samples, each in turn standing in the ranges that it names, `Data!A2:A5`."""

    nargs = (1,)
    is_extended_real = True

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        return SampleSum(self.args[0].diff(s))


class Rounded(sp.Function):  # type: ignore[misc]
    """An expression, decimals, and the way in which it is rounded: 0 to the nearest, 1 from zero, -1 to it, -2 down."""

    nargs = (3,)
    is_extended_real = True


class Samples(Struct, frozen=True):
    """Array arithmetic, seen through one entry: the ranges stand in `expression` by their names."""

    expression: sp.Expr
    shape: tuple[int, int]


class Grid(Struct, frozen=True):
    """The values of a range or an array, row by row; None where a cell is empty or holds text.

    `name` is that of a range, under which array arithmetic knows it; `texts` are those in it, with their places.
    """

    rows: tuple[tuple[sp.Expr | None, ...], ...]
    name: str = ""
    texts: tuple[tuple[int, int, str], ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    def filled(self) -> Iterator[sp.Expr]:
        """The numbers in it, in reading order: what SUM adds and PRODUCT multiplies."""
        return (value for row in self.rows for value in row if value is not None)


class NoNumberError(ValueError):
    """A referenced cell holds text: an error in arithmetic, passed over within a range."""

    def __init__(self, told: str, text: str = "") -> None:
        super().__init__(told)
        self.text = text


class Text(Struct, frozen=True):
    """A text, typed in a formula or of a cell; `told` says of which."""

    text: str
    told: str = ""


class Fault(Struct, frozen=True):
    """What comes to an error, which counts nowhere but in the case of an IF that is taken."""

    told: str


Value: TypeAlias = sp.Expr | Boolean | Grid | Samples | Text | Fault
_TRUTHS = (Relational, BooleanFunction, BooleanAtom)  # every Symbol, too, is a Boolean to SymPy
Relation = Callable[[sp.Expr, sp.Expr], Boolean]

COMPARISONS: MappingProxyType[str, Relation] = MappingProxyType({
    ">": lambda a, b: sp.StrictGreaterThan(a, b, evaluate=False),
    "<": lambda a, b: sp.StrictLessThan(a, b, evaluate=False),
    ">=": lambda a, b: sp.GreaterThan(a, b, evaluate=False),
    "<=": lambda a, b: sp.LessThan(a, b, evaluate=False),
    "=": lambda a, b: sp.Eq(a, b, evaluate=False),
    "<>": lambda a, b: sp.Ne(a, b, evaluate=False),
})  # fmt: skip


def laid_out(rows: Sequence[Sequence[sp.Expr | Text | None]], name: str = "") -> Grid:
    """Values row by row, the texts among them apart."""
    texts = tuple((r, c, value.text) for r, row in enumerate(rows) for c, value in enumerate(row)
                  if isinstance(value, Text))
    return Grid(tuple(tuple(None if isinstance(value, Text) else value for value in row) for row in rows), name, texts)


def number(value: Value) -> sp.Expr:
    """A value as arithmetic takes it: TRUE is 1, a range of one cell is that cell, an empty cell is 0."""
    if isinstance(value, Samples):
        raise ValueError("the values of several cells stand where one number belongs")
    if isinstance(value, Fault):
        raise NoNumberError(value.told)
    if isinstance(value, Text):
        raise NoNumberError(value.told, value.text) if value.told else ValueError(
            f'the text "{value.text}" stands where a number belongs')
    if isinstance(value, Grid):
        if value.shape != (1, 1):
            raise ValueError("the values of several cells stand where one number belongs")
        return value.rows[0][0] or sp.Integer(0)
    if isinstance(value, _TRUTHS):
        if isinstance(value, BooleanAtom):
            return sp.Integer(int(value == sp.true))
        if isinstance(value, sp.StrictGreaterThan) and value.rhs == 0:
            return rules.Step(value.lhs)
        if isinstance(value, sp.StrictLessThan) and value.lhs == 0:
            return rules.Step(value.rhs)
        if value.has(sp.Piecewise):  # SymPy would solve it
            raise ValueError("a comparison within a comparison is not understood")
        return sp.Piecewise((sp.Integer(1), value), (sp.Integer(0), True), evaluate=False)
    return value


def same_text(left: Value, right: Value) -> bool:
    """Whether two values are one text; an empty cell is the text of no letter, a number is none."""
    return _spelled(left) == _spelled(right)


def _spelled(value: Value) -> str | None:
    if isinstance(value, Samples) or (isinstance(value, Grid) and value.shape != (1, 1)):
        raise ValueError("a range compared with a text is not understood")
    if isinstance(value, Fault):
        raise NoNumberError(value.told)
    if isinstance(value, Text):
        return value.text.lower()
    return "" if isinstance(value, Grid) and value.rows[0][0] is None else None


def condition(value: Value) -> Boolean:
    """A value as IF takes it: any number but 0 is true, and that of a comparison is the comparison."""
    if isinstance(value, _TRUTHS):
        return value
    asked = number(value)
    if isinstance(asked, rules.Step):
        return sp.StrictGreaterThan(asked.args[0], 0, evaluate=False)
    return sp.Ne(asked, 0, evaluate=False)


def grid(value: Value) -> Grid:
    """A value as array functions take it: one number is an array of one."""
    return value if isinstance(value, Grid) else Grid(((number(value),),))


def add(*terms: sp.Expr) -> sp.Expr:
    """A sum in the order written."""
    return sp.Add(*terms, evaluate=False) if len(terms) != 1 else terms[0]


def multiply(*factors: sp.Expr) -> sp.Expr:
    """A product in the order written."""
    return sp.Mul(*factors, evaluate=False) if len(factors) != 1 else factors[0]


def power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """A power as written."""
    return sp.Pow(base, exponent, evaluate=False)
