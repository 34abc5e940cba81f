"""Excel's functions: the one table that `emit` writes from and `recover` reads by.

An error here would hide in both directions, so every row carries a formula of constants and its value, which a test
holds against LibreOffice.
"""

from collections.abc import Callable
from itertools import product
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct
from sympy.logic.boolalg import Boolean, BooleanAtom

from derive import rules
from sheets.formulas.arithmetic import (
    Fault,
    Grid,
    Rounded,
    Samples,
    SampleSum,
    Text,
    Value,
    add,
    condition,
    grid,
    multiply,
    number,
    power,
    same_text,
)

_MOST_EXPONENT = 308
_MOST_DECIMALS = 15
_MOST_CASES = 200
_ONE, _TEN = sp.Integer(1), sp.Integer(10)

def _numbers(values: tuple[Value, ...]) -> list[sp.Expr]:
    return [entry for value in values if not (isinstance(value, Text) and value.told)
            for entry in grid(value).filled()]  # what a cell holds that is no number is passed over


def _squares(values: tuple[Value, ...]) -> sp.Expr:
    """The sum of the squares of what numbers differ from their mean by."""
    entries = _numbers(values)
    mean = multiply(add(*entries), power(sp.Integer(len(entries)), sp.Integer(-1)))
    return add(*(_square(add(entry, multiply(sp.Integer(-1), mean))) for entry in entries))


def _spread(less: int, exponent: sp.Rational) -> Callable[..., sp.Expr]:
    """The meaning of a variance, or of its root: over the count of the numbers, or one less."""

    def meaning(*values: Value) -> sp.Expr:
        count = sp.Integer(len(_numbers(values)) - less)
        if count <= 0:
            raise ValueError("a spread of too few numbers is not understood")
        variance = multiply(_squares(values), power(count, sp.Integer(-1)))
        return variance if exponent == 1 else power(variance, exponent)

    return meaning


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    if exponent.is_Number and abs(exponent) > _MOST_EXPONENT:
        raise ValueError(f"a power of {exponent} is not understood")
    return power(base, exponent)


def _square(x: sp.Expr) -> sp.Expr:
    return power(x, sp.Integer(2))


def _aligned(values: tuple[Value, ...]) -> list[tuple[sp.Expr, ...]]:
    """Arrays of one shape, entry beside entry; an empty cell counts as 0."""
    grids = [grid(value) for value in values]
    if len({g.shape for g in grids}) != 1:
        raise ValueError("arrays of different shapes")
    rows, columns = grids[0].shape
    return [tuple(g.rows[r][c] or sp.Integer(0) for g in grids) for r, c in product(range(rows), range(columns))]


def _shape(value: Value) -> tuple[int, int]:
    return value.shape if isinstance(value, Samples) else grid(value).shape


def _matrix_product(left: Value, right: Value) -> Grid:
    a, b = grid(left), grid(right)
    if a.shape[1] != b.shape[0]:
        raise ValueError("MMULT of arrays whose inner sizes differ")
    return Grid(tuple(
        tuple(
            add(*(multiply(number(grid(x or sp.Integer(0))), b.rows[k][c] or sp.Integer(0)) for k, x in enumerate(row)))
            for c in range(b.shape[1])
        )
        for row in a.rows
    ))  # fmt: skip


def _entry(array: Value, row: Value, column: Value = _ONE) -> sp.Expr:
    """One entry of an array, by its row and column counted from 1."""
    rows, (r, c) = grid(array).rows, (number(row), number(column))
    if len(rows) == 1 and c == 1 and r != 1:
        r, c = c, r  # of a single row, one number counts the columns
    for line, at, along in ((rows[0], c, r), (tuple(row[0] for row in rows), r, c)):
        if along == 1 and not at.is_Number and 1 < len(line) == max(len(rows), len(rows[0])):  # a cell says which one
            if len(line) > _MOST_CASES:
                raise ValueError(f"INDEX by the number in a cell, of more than {_MOST_CASES} cells, is not understood")
            *others, last = [value or sp.Integer(0) for value in line]
            return sp.Piecewise(*((value, sp.Eq(at, n, evaluate=False)) for n, value in enumerate(others, start=1)),
                                (last, True), evaluate=False)
    if not (r.is_Integer and c.is_Integer and 1 <= r <= len(rows) and 1 <= c <= len(rows[0])):
        raise ValueError("INDEX whose row or column is no number within the array")
    return rows[int(r) - 1][int(c) - 1] or sp.Integer(0)


def _place(wanted: Value, among: Value, way: Value = _ONE) -> sp.Expr:
    """The place of a text in a single row or column of texts, counted from 1."""
    texts, shape = grid(among).texts, grid(among).shape
    plain = isinstance(wanted, Text) and not any(sign in wanted.text for sign in "*?~")
    if not isinstance(wanted, Text) or not plain or number(way) != 0 or min(shape) != 1:
        raise ValueError("MATCH of anything but a text in a row or a column, with 0, is not understood")
    found = [r + c + 1 for r, c, text in texts if text.lower() == wanted.text.lower()]
    if not found:
        raise ValueError(f'MATCH finds no "{wanted.text}"')
    return sp.Integer(found[0])


def _either(test: Value, then: Value, otherwise: Value = sp.Integer(0)) -> Value:  # noqa: B008
    holds = condition(test)
    if isinstance(holds, BooleanAtom):
        return then if holds == sp.true else otherwise
    if holds.has(sp.Piecewise):
        raise ValueError("an IF within the condition of another is not understood")
    return sp.Piecewise((number(then), holds), (number(otherwise), True), evaluate=False)


def _joined(join: Any, neutral: BooleanAtom, values: tuple[Value, ...]) -> Boolean:
    """AND or OR as written, but for what is true or false of itself."""
    asked = [one for one in map(condition, values) if one != neutral]
    if any(isinstance(one, BooleanAtom) for one in asked):
        return ~neutral
    return join(*asked, evaluate=False) if len(asked) > 1 else asked[0] if asked else neutral


def _denied(asked: Boolean) -> Boolean:
    return ~asked if isinstance(asked, BooleanAtom) else sp.Not(asked, evaluate=False)


class Function(Struct, frozen=True):
    """One worksheet function: how many arguments it takes, what it means, and an example formula with its value.

    `most` is None where any number of arguments may follow. `meaning` raises ValueError where the arguments do not fit.
    A function in `SUMMING` sums what array arithmetic gives, one in `EACH` is taken of each entry.
    """

    name: str
    least: int
    most: int | None
    meaning: Callable[..., Value]
    example: str
    value: float


def _rounding(way: int) -> Callable[..., sp.Expr]:
    """The meaning of a function that rounds its first argument to as many decimals as the second says."""

    def rounded(x: Value, decimals: Value = sp.Integer(0)) -> sp.Expr:  # noqa: B008
        count = number(decimals)
        if not count.is_Integer or abs(count) > _MOST_DECIMALS:
            raise ValueError("a rounding to decimals that are not typed is not understood")
        return Rounded(number(x), count, sp.Integer(way))

    return rounded


def _of_one(function: Any) -> Callable[[Value], sp.Expr]:
    """The meaning of a function of one number that SymPy has, kept unevaluated."""
    return lambda x: function(number(x), evaluate=False)


def _filed(name: str) -> str:
    """A function's name as files have it: those that are younger than the format have a mark before them."""
    return f"_xlfn.{name}" if "." in name else name


_SPREADS = (
    (("VARP", "VAR.P"), 0, _ONE, 2.0),
    (("VAR", "VAR.S"), 1, _ONE, 2.5),
    (("STDEVP", "STDEV.P"), 0, sp.S.Half, 1.4142135623730951),
    (("STDEV", "STDEV.S"), 1, sp.S.Half, 1.5811388300841898),
)
"""Names, by how many the number of values is less, the power of the mean square, the example's value."""
_ROWS = (
    Function("EXP", 1, 1, _of_one(sp.exp), "=EXP(-0.5)", 0.6065306597126334),
    Function("LN", 1, 1, _of_one(sp.log), "=LN(2)", 0.6931471805599453),
    Function("LOG10", 1, 1, lambda x: multiply(sp.log(number(x)), power(sp.log(10), sp.Integer(-1))),
             "=LOG10(1000)", 3),
    Function("LOG", 1, 2, lambda x, base=_TEN: multiply(
        sp.log(number(x)), power(sp.log(number(base)), sp.Integer(-1))), "=LOG(8,2)+LOG(100)", 5),
    Function("SQRT", 1, 1, lambda x: power(number(x), sp.Rational(1, 2)), "=SQRT(2)", 1.4142135623730951),
    Function("POWER", 2, 2, lambda x, n: _power(number(x), number(n)), "=POWER(-3,2)", 9),
    Function("ABS", 1, 1, _of_one(sp.Abs), "=ABS(-3)", 3),
    Function("SIGN", 1, 1, _of_one(sp.sign), "=SIGN(-3)", -1),
    Function("ROUND", 2, 2, _rounding(0), "=ROUND(-1.005,2)+ROUND(1234,-2)", 1198.99),
    Function("ROUNDUP", 2, 2, _rounding(1), "=ROUNDUP(-1.001,2)", -1.01),
    Function("ROUNDDOWN", 2, 2, _rounding(-1), "=ROUNDDOWN(-1.009,2)", -1),
    Function("TRUNC", 1, 2, _rounding(-1), "=TRUNC(-1.9)+TRUNC(1.29,1)", 0.2),
    Function("INT", 1, 1, _rounding(-2), "=INT(-1.5)", -2),
    Function("SIN", 1, 1, _of_one(sp.sin), "=SIN(1)", 0.8414709848078965),
    Function("COS", 1, 1, _of_one(sp.cos), "=COS(1)", 0.5403023058681398),
    Function("TANH", 1, 1, lambda x: rules.Tanh(number(x)), "=TANH(0.5)", 0.46211715726000973),
    Function("SINH", 1, 1, _of_one(sp.sinh), "=SINH(0.5)", 0.5210953054937474),
    Function("COSH", 1, 1, _of_one(sp.cosh), "=COSH(0.5)", 1.1276259652063807),
    Function("PI", 0, 0, lambda: sp.pi, "=PI()", 3.141592653589793),
    Function("MAX", 1, None, lambda *v: sp.Max(*_numbers(v), evaluate=False), "=MAX(1,3,2)", 3),
    Function("MIN", 1, None, lambda *v: sp.Min(*_numbers(v), evaluate=False), "=MIN(2,1,3)", 1),
    Function("SUM", 1, None, lambda *v: add(*_numbers(v)), "=SUM({1,2;3,4},5)", 15),
    Function("PRODUCT", 1, None, lambda *v: multiply(*_numbers(v)), "=PRODUCT({1,2;3,4},5)", 120),
    Function("AVERAGE", 1, None, lambda *v: multiply(
        add(*_numbers(v)), power(sp.Integer(len(_numbers(v))), sp.Integer(-1))), "=AVERAGE({1,2;3,4},5)", 3),
    Function("DEVSQ", 1, None, lambda *v: _squares(v), "=DEVSQ({1,2;3,4},5)", 10),
    *(Function(name, 1, None, _spread(less, exponent), f"={_filed(name)}({{1,2;3,4}},5)", value)
      for names, less, exponent, value in _SPREADS for name in names),
    Function("COUNT", 1, None, lambda *v: sp.Integer(len(_numbers(v))), "=COUNT({1,2;3,4},5)", 5),
    Function("ISBLANK", 1, 1, lambda v: sp.true if same_text(v, Text("")) and not isinstance(v, Text) else sp.false,
             "=IF(ISBLANK(5),1,2)", 2),
    Function("ISNUMBER", 1, 1, lambda v: sp.true if not isinstance(v, Fault) and _numbers((v,)) else sp.false,
             "=IF(ISNUMBER(5),1,2)", 1),
    Function("ROWS", 1, 1, lambda v: sp.Integer(_shape(v)[0]), "=ROWS({1,2;3,4;5,6})", 3),
    Function("COLUMNS", 1, 1, lambda v: sp.Integer(_shape(v)[1]), "=COLUMNS({1,2;3,4;5,6})", 2),
    Function("SUMSQ", 1, None, lambda *v: add(*map(_square, _numbers(v))), "=SUMSQ(3,{4,5})", 50),
    Function("SUMPRODUCT", 1, None, lambda *v: add(*(multiply(*entries) for entries in _aligned(v))),
             "=SUMPRODUCT({1,2},{3,4})", 11),
    Function("SUMXMY2", 2, 2, lambda a, b: add(*(
        _square(add(x, multiply(sp.Integer(-1), y))) for x, y in _aligned((a, b)))), "=SUMXMY2({1,2},{3,5})", 13),
    Function("MMULT", 2, 2, _matrix_product, "=SUM(MMULT({1,2;3,4},{5;6}))", 56),
    Function("TRANSPOSE", 1, 1, lambda v: Grid(tuple(zip(*grid(v).rows, strict=True))),
             "=SUM(MMULT({1,2},TRANSPOSE({3,4})))", 11),
    Function("IF", 2, 3, _either, "=IF(2>1,10,20)+IF(0,1,2)", 12),
    Function("IFERROR", 2, 2, lambda x, otherwise: otherwise if isinstance(x, Fault) else number(x),
             "=IFERROR(2,3)", 2),
    Function("INDEX", 2, 3, _entry, "=INDEX({1,2;3,4},2,1)", 3),
    Function("MATCH", 2, 3, _place, '=MATCH("b",{"a","B"},0)', 2),
    Function("AND", 1, None, lambda *v: _joined(sp.And, sp.true, v), "=IF(AND(1>0,2>1),3,4)", 3),
    Function("OR", 1, None, lambda *v: _joined(sp.Or, sp.false, v), "=IF(OR(1<0,2>1),3,4)", 3),
    Function("NOT", 1, 1, lambda v: _denied(condition(v)), "=IF(NOT(1>0),3,4)", 4),
)  # fmt: skip

SUMMING = frozenset({"SUM", "SUMPRODUCT"})
EACH = frozenset({"EXP", "LN", "LOG", "LOG10", "SQRT", "POWER", "ABS", "SIGN", "SIN", "COS", "TANH", "SINH", "COSH",
                  "IF", "IFERROR", "ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "INT"})

FUNCTIONS: MappingProxyType[str, Function] = MappingProxyType({row.name: row for row in _ROWS})


# What Excel has no name for is written out, as people write it in a cell.
SPELLED: MappingProxyType[Any, Callable[[sp.Expr], sp.Expr]] = MappingProxyType({
    rules.Sigmoid: lambda x: multiply(_ONE, power(add(_ONE, sp.exp(multiply(-_ONE, x), evaluate=False)), -_ONE)),
    rules.Relu: lambda x: multiply(rules.Step(x), x),
    rules.Softplus: lambda x: sp.log(add(_ONE, sp.exp(x, evaluate=False)), evaluate=False),
})  # fmt: skip

# SymPy's function -> Excel's name, where Excel has one.
WRITTEN: MappingProxyType[Any, str] = MappingProxyType({
    sp.exp: "EXP", sp.log: "LN", sp.Abs: "ABS", sp.sign: "SIGN", sp.sin: "SIN", sp.cos: "COS", sp.sinh: "SINH",
    sp.cosh: "COSH", sp.tanh: "TANH", rules.Tanh: "TANH", sp.Max: "MAX", sp.Min: "MIN",
    sp.And: "AND", sp.Or: "OR", sp.Not: "NOT", SampleSum: "SUMPRODUCT",
})  # fmt: skip
