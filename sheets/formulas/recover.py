"""Reads an Excel formula back into an expression, with Excel's own precedence; the inverse of `emit`.

    1/(1+EXP(-I3)), cell by cell a symbol  ->  the tree of 1/(1 + exp(-h1))

As everywhere, the order written is kept: brackets become nesting, `a-b` is a + -1*b, and a decimal an exact rational.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import sympy as sp
from lark import Token, UnexpectedCharacters, UnexpectedInput

from derive.errors import DeriveError
from sheets.cells import letters
from sheets.formulas.arithmetic import (
    COMPARISONS,
    Fault,
    Grid,
    NoNumberError,
    Samples,
    SampleSum,
    Text,
    Value,
    laid_out,
    number,
    power,
    same_text,
)
from sheets.formulas.arrays import Factors, Terms, by_entry, closed, negated, number_of, of_one_sample
from sheets.formulas.functions import EACH, FUNCTIONS, SUMMING, Function
from sheets.formulas.postfix import Rule, Steps, function_name, lambda_of, postfix
from sheets.references import Reference, read_reference, sheet_name

_MOST_CHARACTERS = 8_192  # Excel's own limit
_MOST_CELLS = 10_000
_MOST_NAMES = 20
_MOST_EXPONENT = 308

ReadCell = Callable[[Reference], sp.Expr | None]


class GivesError(DeriveError):
    """A formula that is understood, and that a spreadsheet answers with an error value."""


class GivesTextError(DeriveError):
    """A formula that is understood, and that comes to a text."""


def recover(
    text: str, cell: ReadCell, names: Mapping[str, str] = MappingProxyType({}), by_cell: bool = False
) -> sp.Expr:
    """The expression of a formula, with or without its `=`.

    `cell` gives the expression that stands for a referenced cell, None for an empty one; `names` are the workbook's
    defined names in lower case with their own formula texts. DeriveError, with the column and what stands there, where
    the text is no formula, or uses a function, a name or a kind of value that is not known; GivesError where the cell
    shows an error, GivesTextError where it comes to a text. `cell` raises NoNumberError for a cell that holds text. A
    column in array arithmetic stands for all its samples at once, unless it is to be read `by_cell`.
    """
    if "#REF!" in text:
        raise GivesError("", "refers to a cell that was deleted, #REF!")
    try:
        value = _read(text, cell, names, 0, by_cell)
        if isinstance(value, Text):
            raise GivesTextError("", f'comes to the text "{value.text}"')
        return number(value)
    except NoNumberError as error:
        raise GivesError("", str(error)) from None
    except ValueError as error:
        raise DeriveError("", str(error)) from None
    except RecursionError:
        raise DeriveError("", "the formula is nested too deeply") from None


def _read(text: str, cell: ReadCell, names: Mapping[str, str], depth: int, by_cell: bool) -> Value:
    if len(text) > _MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"Excel takes {_MOST_CHARACTERS:,}")
    try:
        steps = postfix(text)
    except UnexpectedCharacters as error:
        raise DeriveError(f"column {error.column}", f'"{error.char}" does not fit here: {text}') from None
    except UnexpectedInput as error:
        token = getattr(error, "token", "")
        if not token:
            raise DeriveError(f"column {len(text) + 1}", f"the formula ends too early: {text}") from None
        raise DeriveError(f"column {error.column}", f'"{token}" does not fit here: {text}') from None
    return _Reader(cell, names, depth, by_cell).read(steps)


class _Reader:
    """Rules to SymPy, bottom up; sums and products stay open lists until a bracket or the end closes them."""

    def __init__(self, cell: ReadCell, names: Mapping[str, str], depth: int, by_cell: bool,
                 given: Mapping[str, Value] = MappingProxyType({})) -> None:
        self._by_cell = by_cell
        self._given = given
        self._cell = cell
        self._names = names
        self._depth = depth

    def read(self, steps: Steps) -> Value:
        """What a formula comes to."""
        pieces: list[Any] = []
        for step in steps:
            if isinstance(step, Rule):
                first = len(pieces) - step.count
                try:
                    pieces[first:] = [getattr(self, step.name)(*pieces[first:])]
                except NoNumberError as error:
                    pieces[first:] = [Fault(str(error))]
            else:
                pieces.append(step)
        whole: Value
        (whole,) = pieces
        return whole

    def start(self, piece: Any) -> Value:
        return closed(piece)

    def grouped(self, piece: Any) -> Value:
        return closed(piece)

    def number(self, token: Token) -> sp.Expr:
        if abs(int(token.lower().partition("e")[2] or 0)) > _MOST_EXPONENT:
            raise ValueError(f"{token} is no number of a spreadsheet")
        exact = Fraction(token)
        return sp.Rational(exact.numerator, exact.denominator)

    def negative_number(self, token: Token) -> sp.Expr:
        return -self.number(token)

    def truth(self, token: Token) -> Value:
        return sp.true if token.upper().startswith("TRUE") else sp.false

    def text(self, token: Token) -> Value:
        return Text(token[1:-1].replace('""', '"'))

    @by_entry
    def plus(self, left: Any, right: Any) -> Any:
        terms = left if isinstance(left, Terms) else Terms([number_of(left)])
        terms.append(number_of(right))
        return terms

    @by_entry
    def minus(self, left: Any, right: Any) -> Any:
        return self.plus(left, negated(right))

    @by_entry
    def times(self, left: Any, right: Any) -> Any:
        factors = left if isinstance(left, Factors) else Factors([number_of(left)])
        factors.append(number_of(right))
        return factors

    @by_entry
    def over(self, left: Any, right: Any) -> Any:
        return self.times(left, power(number_of(right), sp.Integer(-1)))

    @by_entry
    def power(self, base: Any, exponent: Any) -> sp.Expr:
        top = number_of(exponent)
        if top.is_Number and abs(top) > _MOST_EXPONENT:
            raise ValueError(f"a power of {top} is not understood")
        return power(number_of(base), top)

    @by_entry
    def negative(self, piece: Any) -> Any:
        return negated(closed(piece))

    def percent(self, piece: Any) -> Any:
        whole = number_of(piece)
        return whole / 100 if whole.is_Rational else Factors([whole, sp.Rational(1, 100)])

    def compare(self, left: Any, sign: Token, right: Any) -> Value:
        if not isinstance(left, Text) and not isinstance(right, Text):
            compared: Value = self._compared(left, sign, right)
            return compared
        if sign not in ("=", "<>"):
            raise ValueError("which of two texts comes first is not understood")
        return sp.true if same_text(closed(left), closed(right)) == (sign == "=") else sp.false

    @by_entry
    def _compared(self, left: Any, sign: Token, right: Any) -> Value:
        return COMPARISONS[sign](number_of(left), number_of(right))

    def omitted(self) -> sp.Expr:
        return sp.Integer(0)

    def row(self, *entries: sp.Expr | Text) -> tuple[sp.Expr | Text, ...]:
        return entries

    def array(self, *rows: tuple[sp.Expr | Text, ...]) -> Grid:
        if len({len(row) for row in rows}) != 1:
            raise ValueError("an array whose rows differ in length")
        return laid_out(rows)

    def apply(self, opening: Token, *arguments: Any) -> Value:
        name = function_name(opening)
        function = FUNCTIONS.get(name)
        own = None if function is not None else self._own_function(name.lower())
        if own is not None:
            parameters, body = own
            if len(parameters) != len(arguments):
                raise DeriveError(f"column {opening.column}", f"{name} with {len(arguments)} arguments")
            bound = dict(zip(parameters, map(closed, arguments), strict=True))
            return _Reader(self._cell, self._names, self._depth + 1, self._by_cell, bound).read(body)
        if function is None:
            raise DeriveError(f"column {opening.column}", f"the function {name} is not known")
        given = () if len(arguments) == 1 and arguments[0] is None else arguments
        if function.most == 0 and len(given) == 1 and given[0] == 0:
            given = ()
        if len(given) < function.least or (function.most is not None and len(given) > function.most):
            raise DeriveError(f"column {opening.column}", f"{name} with {len(given)} arguments")
        whole = tuple(map(closed, given))
        if name in EACH:
            each: Value = self._each(*whole, function=function)
            return each
        if name in SUMMING and any(isinstance(piece, Samples) for piece in whole) and (
                len(whole) == 1 or name == "SUMPRODUCT"):
            return SampleSum(of_one_sample(whole))
        return function.meaning(*whole)

    def _own_function(self, name: str) -> tuple[tuple[str, ...], Steps] | None:
        """What a name of the workbook means that is called like a function."""
        if name not in self._names or self._depth >= _MOST_NAMES:
            return None
        try:
            return lambda_of(self._names[name])
        except UnexpectedInput:
            return None

    @by_entry
    def _each(self, *arguments: Value, function: Function) -> Value:
        return function.meaning(*arguments)

    def cell(self, sheet: Token | None, token: Token) -> Value:
        entry = self._entry(self._reference(sheet, token))
        return entry if isinstance(entry, Text) else Grid(((entry,),))

    def area(self, sheet: Token | None, start: Token, end: Token) -> Value:
        a, b = self._reference(sheet, start), self._reference(sheet, end)
        rows = range(min(a.row, b.row), max(a.row, b.row) + 1)
        columns = range(min(a.column, b.column), max(a.column, b.column) + 1)
        if len(rows) * len(columns) > _MOST_CELLS:
            raise DeriveError(f"column {start.column}", f"{start}:{end} has more than {_MOST_CELLS:,} cells")
        entries = tuple(tuple(self._entry(Reference(a.sheet, r, c)) for c in columns) for r in rows)
        first, last = (f"{letters(c)}{r}" for r, c in ((rows[0], columns[0]), (rows[-1], columns[-1])))
        return laid_out(entries, "" if self._by_cell else f"{a.sheet or ''}!{first}:{last}")

    def _entry(self, reference: Reference) -> sp.Expr | Text | None:
        try:
            return self._cell(reference)
        except NoNumberError as error:
            return Text(error.text, str(error))

    def _reference(self, sheet: Token | None, token: Token) -> Reference:
        if sheet is not None and "[" in sheet:
            raise DeriveError(f"column {sheet.column}", f"{sheet}{token} is a link to another workbook")
        return read_reference(token, None if sheet is None else sheet_name(sheet))

    def named(self, token: Token) -> Value:
        if token.lower() in self._given:
            return self._given[token.lower()]
        meaning = self._names.get(token.lower())
        if meaning is None:
            raise DeriveError(f"column {token.column}", f'the name "{token}" is not defined')
        if self._depth >= _MOST_NAMES:
            raise DeriveError(f"column {token.column}", f'the name "{token}" goes in a circle')
        return _read(meaning, self._cell, self._names, self._depth + 1, self._by_cell)
