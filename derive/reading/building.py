"""The rules of the formula grammar, each to an expression of SymPy that keeps the order of what was written."""

from fractions import Fraction
from typing import Any

import sympy as sp
from lark import Token, Transformer, v_args

from derive.claim import UNTOLD, Called, Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.functions import written_function
from derive.reading.notation import FRACTIONS, SUPERSCRIPTS
from derive.rules import Elementary

_MOST_DIGITS = 400


def number(text: str) -> sp.Rational:
    """A decimal as the exact rational that it writes."""
    if text in FRACTIONS:
        return sp.Rational(*FRACTIONS[text])
    _, _, exponent = text.lower().partition("e")
    if len(text) > _MOST_DIGITS or len(exponent) > 4:
        raise DeriveError("", f"a number of {len(text)} digits: {text[:20]}…", f"at most {_MOST_DIGITS} are read")
    exact = Fraction(text)
    return sp.Rational(exact.numerator, exact.denominator)


class Unbound(sp.Expr):  # type: ignore[misc]
    """∂of before it becomes the numerator of a derivative; `of` is None for a function's bare name."""

    is_commutative = True

    def _sympystr(self, printer: object) -> str:  # SymPy has a printer for a class of its own of this name
        return "∂" + ", ".join(map(str, self.args))


class _Read:
    """An expression, or the operands of one sum or product as they are read; closed where it stood in brackets.

    A row of operands is only made an expression at its end, since SymPy takes time for every operand each time.
    """

    def __init__(
        self, *operands: sp.Expr, kind: type[sp.Expr] | None = None, closed: bool = True, function: str = ""
    ) -> None:
        self._operands = list(operands)
        self._kind = kind
        self._closed = closed
        self.function = function

    @property
    def expression(self) -> sp.Expr:
        """What has been read; a function's bare name is no quantity."""
        if self.function:
            raise DeriveError("", f"{self.function} stands without an argument", f"write {self.function}(x)")
        if self._kind is not None:
            self._operands = [self._kind(*self._operands, evaluate=False)]
            self._kind = None
        return self._operands[0]

    def args(self, kind: type[sp.Expr]) -> tuple[sp.Expr, ...]:
        """The operands to go on with: flat as long as no bracket was written."""
        if self._kind is kind:
            return tuple(self._operands)
        if isinstance(self.expression, kind) and not self._closed:
            return tuple(self.expression.args)
        return (self.expression,)

    def joined(self, kind: type[sp.Expr], operand: sp.Expr) -> "_Read":
        """This with one operand more; each is joined to only once."""
        if self._kind is kind:
            self._operands.append(operand)
            return self
        return _Read(*self.args(kind), operand, kind=kind, closed=False)


@v_args(inline=True)
class Builder(Transformer[Token, _Read]):
    """Grammar rules to SymPy, unevaluated, so that nothing is reordered."""

    def start(self, read: _Read) -> _Read:
        return read

    def sum(self, _sign: Token, inner: _Read) -> _Read:
        return inner

    term = factor = exponent = sum

    def number(self, token: Token) -> _Read:
        return _Read(number(token))

    def name(self, token: Token) -> _Read:
        return _Read(symbol(str(token)))

    def constant(self, token: Token) -> _Read:
        return _Read(_CONSTANTS[str(token)])

    def bracketed(self, _open: Token, token: Token, _close: Token) -> _Read:
        return self.name(token)

    def grouped(self, _open: Token, inner: _Read, _close: Token) -> _Read:
        return inner if inner.function else _Read(inner.expression)

    def absolute(self, _open: Token, inner: _Read, _close: Token) -> _Read:
        return _Read(sp.Abs(inner.expression, evaluate=False))

    def plus(self, left: _Read, _sign: Token, right: _Read) -> _Read:
        return left.joined(sp.Add, right.expression)

    def minus(self, left: _Read, _sign: Token, right: _Read) -> _Read:
        return self.plus(left, _sign, _negated(right))

    def negative(self, _sign: Token, inner: _Read) -> _Read:
        return _negated(inner)

    def times(self, left: _Read, *right: Any) -> _Read:
        return left.joined(sp.Mul, right[-1].expression)

    def number_times(self, count: Token, inner: _Read) -> _Read:
        return _Read(sp.Mul(number(count), inner.expression, evaluate=False), closed=False)

    def over(self, left: _Read, _sign: Token, right: _Read) -> _Read:
        below = sp.Pow(right.expression, sp.Integer(-1), evaluate=False)
        return left.joined(sp.Mul, below)

    def power(self, base: _Read, _sign: Token, exponent: _Read) -> _Read:
        return _Read(_power(base.expression, exponent.expression))

    def name_power(self, base: Token, sign: Token, exponent: _Read) -> _Read:
        return self.power(self.name(base), sign, exponent)

    def superscript(self, base: _Read, exponent: Token) -> _Read:
        return _Read(_power(base.expression, _superscript(exponent)))

    def name_superscript(self, base: Token, exponent: Token) -> _Read:
        return self.superscript(self.name(base), exponent)

    def arguments(self, *inner: Any) -> tuple[sp.Expr, ...]:
        return tuple(part.expression for part in inner if isinstance(part, _Read))

    def absolute_argument(self, _open: Token, inner: _Read, _close: Token) -> tuple[sp.Expr, ...]:
        return (sp.Abs(inner.expression, evaluate=False),)

    def apply(self, function: Token, arguments: tuple[sp.Expr, ...]) -> _Read:
        return _Read(_applied(function, arguments))

    def apply_slope(self, function: Token, _prime: Token, arguments: tuple[sp.Expr, ...]) -> _Read:
        if len(arguments) != 1:
            raise DeriveError("", f"{function}' with {len(arguments)} arguments", f"write {function}'(x)")
        return _Read(_slope(function, arguments[0]))

    def apply_power(self, function: Token, _sign: Token, exponent: _Read, arguments: tuple[sp.Expr, ...]) -> _Read:
        if exponent.expression.is_negative:
            raise DeriveError(
                "",
                f"{function}^{exponent.expression}(…) could be the inverse function or a power",
                f"write 1/{function}(x), or the inverse function's own name",
            )
        return _Read(_power(_applied(function, arguments), exponent.expression))

    def apply_superscript(self, function: Token, exponent: Token, arguments: tuple[sp.Expr, ...]) -> _Read:
        return self.apply_power(function, exponent, _Read(_superscript(exponent)), arguments)

    def primed(self, name: Token, _prime: Token) -> _Read:
        return _Read(Partial(symbol(str(name)), UNTOLD))

    def primes(self, *signs: Token) -> int:
        return len(signs)

    def call(self, *inner: Any) -> tuple[sp.Expr, ...]:
        return self.arguments(*inner)

    def called(self, name: Token, *parts: Any) -> _Read:
        order = next((part for part in parts if isinstance(part, int)), 0)
        arguments = next((part for part in parts if isinstance(part, tuple)), ())
        if order and len(arguments) > 1:
            raise DeriveError("", f"{name}' with {len(arguments)} arguments", f"write ∂{name}/∂x")
        orders = (order, *(0 for _ in arguments[1:]))
        return _Read(Called(str(name), orders, *arguments))

    def bare(self, function: Token) -> _Read:
        return _Read(sp.Integer(0), function=str(function))

    def differential(self, _partial: Token, of: _Read) -> _Read:
        if of.function:
            return of
        return _Read(Unbound(of.expression))

    def derivative(self, above: _Read, _per: Token, by: _Read) -> _Read:
        if not by.expression.is_Symbol:
            raise DeriveError("", f"a derivative by {by.expression}", "differentiate by one name")
        if above.function:
            return _Read(Partial(_applied(Token("FUNCTION", above.function), (by.expression,)), by.expression))
        return _Read(Partial(_numerator(above.expression), by.expression))

    def operator(self, _partial: Token, _per: Token, by: _Read) -> _Read:
        return by

    def operated(self, by: _Read, of: _Read) -> _Read:
        return _Read(Partial(of.expression, by.expression))


_CONSTANTS: dict[str, sp.Expr] = {"e": sp.E, "pi": sp.pi, "π": sp.pi}


def _negated(inner: _Read) -> _Read:
    if inner.expression.is_Number:
        return _Read(-inner.expression)
    return _Read(sp.Mul(sp.Integer(-1), *inner.args(sp.Mul), evaluate=False), closed=False)


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    if base is sp.E:
        return sp.exp(exponent, evaluate=False)
    return sp.Pow(base, exponent, evaluate=False)


def _superscript(exponent: Token) -> sp.Integer:
    return sp.Integer(int(number(exponent.translate(SUPERSCRIPTS))))


def _applied(function: Token, arguments: tuple[sp.Expr, ...]) -> sp.Expr:
    written = written_function(function)
    if len(arguments) != 1 and not written.many:
        raise DeriveError("", f"{function} with {len(arguments)} arguments", f"write {function}(x)")
    return written.make(*arguments, evaluate=False)


def _slope(function: Token, argument: sp.Expr) -> sp.Expr:
    """f'(x) for a function and its argument, in the form that the table of functions has."""
    inner = sp.Dummy(real=True)
    outer = _applied(function, (inner,))
    slope: sp.Expr = outer.fdiff(1) if isinstance(outer, Elementary) else outer.doit().diff(inner)
    return slope.xreplace({inner: argument})


def _numerator(above: sp.Expr) -> sp.Expr:
    """What the differentials above a ratio differentiate: ∂E1 + ∂E2 is ∂(E1 + E2)."""
    if isinstance(above, Unbound):
        return above.args[0]
    if above.is_Add:
        return sp.Add(*(_numerator(term) for term in above.args), evaluate=False)
    if above.is_Mul and isinstance(above.args[0], Unbound) and not sp.Mul(*above.args[1:]).has(Unbound):
        # {∂ h1 u11 \over ∂ w11}: the ∂ stands before the whole product
        return sp.Mul(above.args[0].args[0], *above.args[1:], evaluate=False)
    if above.is_Mul and above.args[0] == -1:
        return sp.Mul(-1, _numerator(sp.Mul(*above.args[1:], evaluate=False)), evaluate=False)
    raise DeriveError("", f"a ∂ is missing above /∂: {above}", "write ∂E/∂w")
