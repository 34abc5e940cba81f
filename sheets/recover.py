"""Reads an Excel formula back into an expression, with Excel's own precedence; the inverse of `emit`.

    1/(1+EXP(-I3)), cell by cell a symbol  ->  the tree of 1/(1 + exp(-h1))

As everywhere, the order written is kept: brackets become nesting, `a-b` is a + -1*b, and a decimal an exact rational.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, wraps
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sympy as sp
from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, v_args
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.grammar import parser_of
from sheets.cells import letters
from sheets.functions import (
    COMPARISONS,
    EACH,
    FUNCTIONS,
    SUMMING,
    Function,
    Grid,
    Samples,
    SampleSum,
    Value,
    add,
    multiply,
    number,
    power,
)
from sheets.references import Reference, read_reference, sheet_name

_GRAMMAR = Path(__file__).parent / "grammar" / "excel.lark"
_MOST_CHARACTERS = 8_192  # Excel's own limit
_MOST_CELLS = 10_000
_MOST_NAMES = 20
_MOST_ENTRIES = 64
_MOST_EXPONENT = 308

ReadCell = Callable[[Reference], sp.Expr | None]


class GivesError(DeriveError):
    """A formula that is understood, and that a spreadsheet answers with an error value."""


class NoNumberError(ValueError):
    """A referenced cell holds text: an error in arithmetic, passed over within a range."""


@cache
def _parser() -> Lark:
    """The grammar of formulas, compiled once a process."""
    return parser_of(_GRAMMAR)


def recover(text: str, cell: ReadCell, names: Mapping[str, str] = MappingProxyType({})) -> sp.Expr:
    """The expression of a formula, with or without its `=`.

    `cell` gives the expression that stands for a referenced cell, None for an empty one; `names` are the workbook's
    defined names in lower case with their own formula texts. DeriveError, with the column and what stands there, where
    the text is no formula, or uses a function, a name or a kind of value that is not known; GivesError where the cell
    shows an error. `cell` raises NoNumberError for a cell that holds text.
    """
    if "#REF!" in text:
        raise GivesError("", "refers to a cell that was deleted, #REF!")
    try:
        return number(_read(text, cell, names, 0))
    except NoNumberError as error:
        raise GivesError("", str(error)) from None
    except ValueError as error:
        raise DeriveError("", str(error)) from None
    except RecursionError:
        raise DeriveError("", "the formula is nested too deeply") from None


def _read(text: str, cell: ReadCell, names: Mapping[str, str], depth: int) -> Value:
    if len(text) > _MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"Excel takes {_MOST_CHARACTERS:,}")
    try:
        read: Value = _Reader(cell, names, depth).transform(_parser().parse(text))
    except UnexpectedCharacters as error:
        raise DeriveError(f"column {error.column}", f'"{error.char}" does not fit here: {text}') from None
    except UnexpectedInput as error:
        token = getattr(error, "token", "")
        if not token:
            raise DeriveError(f"column {len(text) + 1}", f"the formula ends too early: {text}") from None
        raise DeriveError(f"column {error.column}", f'"{token}" does not fit here: {text}') from None
    except VisitError as error:
        raise error.orig_exc from None
    return read


class _Terms(list[sp.Expr]):
    """A sum that is still being read; a bracket or the end closes it."""


class _Factors(list[sp.Expr]):
    """A product that is still being read."""


def _closed(piece: Any) -> Value:
    """A piece as one value, so that nothing more joins it."""
    if isinstance(piece, _Terms):
        return add(*piece)
    if isinstance(piece, _Factors):
        return multiply(*piece)
    closed: Value = piece
    return closed


def _number(piece: Any) -> sp.Expr:
    return number(_closed(piece))


def _by_entry(read: Callable[..., Any]) -> Callable[..., Any]:
    """An operation on numbers that, where an operand is an array, is taken of each of its entries.

    A row is taken entry by entry. A named column is many samples: one entry stands for all of them.
    """

    @wraps(read)
    def operate(self: "_Reader", *operands: Any, **others: Any) -> Any:
        arrays = [operand for operand in operands if _is_array(operand)]
        if not arrays:
            return read(self, *operands, **others)
        if len({array.shape for array in arrays}) > 1:
            raise ValueError("arrays of different shapes")
        if all(isinstance(array, Samples) or _is_named_column(array) for array in arrays):
            expression = number(_closed(read(self, *map(_sample, operands), **others)))
            return Samples(expression, arrays[0].shape)
        if any(isinstance(array, Samples) for array in arrays) or prod(arrays[0].shape) > _MOST_ENTRIES:
            raise ValueError("array arithmetic over many cells is not understood")
        rows, columns = map(range, arrays[0].shape)
        return Grid(tuple(
            tuple(number(_closed(read(self, *(_at(o, r, c) for o in operands), **others))) for c in columns)
            for r in rows
        ))  # fmt: skip

    return operate


def _is_array(piece: Any) -> bool:
    return isinstance(piece, Samples) or (isinstance(piece, Grid) and piece.shape != (1, 1))


def _is_named_column(grid: Grid) -> bool:
    return bool(grid.name) and grid.shape[1] == 1


def _sample(piece: Any) -> Any:
    """One entry of an array for all of them; anything else as it is."""
    if isinstance(piece, Samples):
        return piece.expression
    return symbol(piece.name) if _is_array(piece) else piece


def _at(piece: Any, row: int, column: int) -> Any:
    """The entry of an array, an empty one as 0; anything else as it is."""
    return (piece.rows[row][column] or sp.Integer(0)) if isinstance(piece, Grid) and _is_array(piece) else piece


def _negated(piece: Any) -> Any:
    """-x, where x may be a product still being read; the sign joins a number that stands in front."""
    factors = piece if isinstance(piece, _Factors) else _Factors([_number(piece)])
    first, *rest = factors
    if first.is_Number and not (first == -1 and rest):
        return _Factors([-first, *rest]) if rest else -first
    return _Factors([sp.Integer(-1), *factors]) if first != -1 else _Factors([sp.Integer(-1), multiply(*factors)])


@v_args(inline=True)
class _Reader(Transformer_NonRecursive[Token, Any]):
    """Parse tree to SymPy, bottom up; sums and products stay open lists until a bracket or the end closes them."""

    def __init__(self, cell: ReadCell, names: Mapping[str, str], depth: int) -> None:
        super().__init__()
        self._cell = cell
        self._names = names
        self._depth = depth

    def start(self, piece: Any) -> Value:
        return _closed(piece)

    def grouped(self, piece: Any) -> Value:
        return _closed(piece)

    def number(self, token: Token) -> sp.Expr:
        if abs(int(token.lower().partition("e")[2] or 0)) > _MOST_EXPONENT:
            raise ValueError(f"{token} is no number of a spreadsheet")
        exact = Fraction(token)
        return sp.Rational(exact.numerator, exact.denominator)

    def negative_number(self, token: Token) -> sp.Expr:
        return -self.number(token)

    def truth(self, token: Token) -> Value:
        return sp.true if token.upper().startswith("TRUE") else sp.false

    @_by_entry
    def plus(self, left: Any, right: Any) -> Any:
        terms = left if isinstance(left, _Terms) else _Terms([_number(left)])
        terms.append(_number(right))
        return terms

    @_by_entry
    def minus(self, left: Any, right: Any) -> Any:
        return self.plus(left, _negated(right))

    @_by_entry
    def times(self, left: Any, right: Any) -> Any:
        factors = left if isinstance(left, _Factors) else _Factors([_number(left)])
        factors.append(_number(right))
        return factors

    @_by_entry
    def over(self, left: Any, right: Any) -> Any:
        return self.times(left, power(_number(right), sp.Integer(-1)))

    @_by_entry
    def power(self, base: Any, exponent: Any) -> sp.Expr:
        top = _number(exponent)
        if top.is_Number and abs(top) > _MOST_EXPONENT:
            raise ValueError(f"a power of {top} is not understood")
        return power(_number(base), top)

    @_by_entry
    def negative(self, piece: Any) -> Any:
        return _negated(_closed(piece))

    def percent(self, piece: Any) -> Any:
        whole = _number(piece)
        return whole / 100 if whole.is_Rational else _Factors([whole, sp.Rational(1, 100)])

    @_by_entry
    def compare(self, left: Any, sign: Token, right: Any) -> Value:
        return COMPARISONS[sign](_number(left), _number(right))

    def omitted(self) -> sp.Expr:
        return sp.Integer(0)

    def row(self, *entries: sp.Expr) -> tuple[sp.Expr, ...]:
        return entries

    def array(self, *rows: tuple[sp.Expr, ...]) -> Grid:
        if len({len(row) for row in rows}) != 1:
            raise ValueError("an array whose rows differ in length")
        return Grid(rows)

    def apply(self, opening: Token, *arguments: Any) -> Value:
        name = opening.rstrip("( \t\n").upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
        function = FUNCTIONS.get(name)
        if function is None:
            raise DeriveError(f"column {opening.column}", f"the function {name} is not known")
        given = () if len(arguments) == 1 and arguments[0] is None else arguments
        if function.most == 0 and len(given) == 1 and given[0] == 0:
            given = ()
        if len(given) < function.least or (function.most is not None and len(given) > function.most):
            raise DeriveError(f"column {opening.column}", f"{name} with {len(given)} arguments")
        closed = tuple(map(_closed, given))
        if name in EACH:
            each: Value = self._each(*closed, function=function)
            return each
        if name in SUMMING and len(closed) == 1 and isinstance(closed[0], Samples):
            return SampleSum(closed[0].expression)
        return function.meaning(*closed)

    @_by_entry
    def _each(self, *arguments: Value, function: Function) -> Value:
        return function.meaning(*arguments)

    def cell(self, sheet: Token | None, token: Token) -> Value:
        reference = self._reference(sheet, token)
        return Grid(((self._cell(reference),),))

    def area(self, sheet: Token | None, start: Token, end: Token) -> Value:
        a, b = self._reference(sheet, start), self._reference(sheet, end)
        rows = range(min(a.row, b.row), max(a.row, b.row) + 1)
        columns = range(min(a.column, b.column), max(a.column, b.column) + 1)
        if len(rows) * len(columns) > _MOST_CELLS:
            raise DeriveError(f"column {start.column}", f"{start}:{end} has more than {_MOST_CELLS:,} cells")
        entries = tuple(tuple(self._entry(Reference(a.sheet, r, c)) for c in columns) for r in rows)
        first, last = (f"{letters(c)}{r}" for r, c in ((rows[0], columns[0]), (rows[-1], columns[-1])))
        return Grid(entries, f"{a.sheet or ''}!{first}:{last}")

    def _entry(self, reference: Reference) -> sp.Expr | None:
        try:
            return self._cell(reference)
        except NoNumberError:
            return None

    def _reference(self, sheet: Token | None, token: Token) -> Reference:
        if sheet is not None and "[" in sheet:
            raise DeriveError(f"column {sheet.column}", f"{sheet}{token} is a link to another workbook")
        return read_reference(token, None if sheet is None else sheet_name(sheet))

    def named(self, token: Token) -> Value:
        meaning = self._names.get(token.lower())
        if meaning is None:
            raise DeriveError(f"column {token.column}", f'the name "{token}" is not defined')
        if self._depth >= _MOST_NAMES:
            raise DeriveError(f"column {token.column}", f'the name "{token}" goes in a circle')
        return _read(meaning, self._cell, self._names, self._depth + 1)
