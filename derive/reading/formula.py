"""One formula, from text over declared names to an expression that keeps the order in which it was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import sympy as sp
from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, v_args
from lark.exceptions import VisitError

from derive.claim import Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.notation import SUPERSCRIPTS, canonical
from derive.rules import SPELLINGS

_GRAMMAR = Path(__file__).parent.parent / "grammar" / "formula.lark"
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Names:
    """The names that a formula may use: the declared ones, and other spellings of them (`E` for `E_Total`)."""

    declared: frozenset[str]
    aliases: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, declared: Iterable[str], aliases: Iterable[tuple[str, str]] = ()) -> "Names":
        """Names from any iterables."""
        return cls(frozenset(declared), tuple(aliases))

    def find(self, written: str) -> str | None:
        """The declared name that a written one stands for, None where there is none."""
        return str(written) if written in self.declared else dict(self.aliases).get(written)


@cache
def _parser() -> Lark:
    """The formula grammar, compiled once a process."""
    return Lark(_GRAMMAR.read_text(encoding="utf-8"), parser="lalr", propagate_positions=True,
                lexer_callbacks={"NAME": lambda t: t.update(type="FUNCTION") if t in SPELLINGS else t})


def read_formula(text: str, names: Names) -> sp.Expr:
    """The expression that a formula states, its sums and products in the order written.

    DeriveError where the text is no formula over the names: it shows the column and what stands there.
    """
    if len(text) > _MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"at most {_MOST_CHARACTERS:,} are read")
    try:
        tree = _parser().parse(canonical(text))
        read: sp.Expr = _Builder(names).transform(tree)
    except UnexpectedEOF:
        raise DeriveError(f"column {len(text) + 1}", f"the formula ends too early: {text.strip()}") from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise DeriveError(f"column {len(text) + 1}", f"the formula ends too early: {text.strip()}") from None
        raise DeriveError(f"column {error.column}", f'"{error.token}" does not fit here: {text.strip()}') from None
    except UnexpectedCharacters as error:
        found = f'"{error.char}" is not part of a formula: {text.strip()}'
        raise DeriveError(f"column {error.column}", found) from None
    except VisitError as error:
        if isinstance(error.orig_exc, DeriveError):
            raise error.orig_exc from None
        raise
    return read


def number(text: str) -> sp.Rational:
    """A decimal as the exact rational that it writes."""
    exact = Fraction(text)
    return sp.Rational(exact.numerator, exact.denominator)


def _flat(kind: type[sp.Expr], left: sp.Expr, right: sp.Expr, grouped: frozenset[int]) -> sp.Expr:
    """left and right joined in the order written; an operand that stood in brackets stays one operand."""
    terms = left.args if isinstance(left, kind) and id(left) not in grouped else (left,)
    return kind(*terms, right, evaluate=False)


@v_args(inline=True)
class _Builder(Transformer[Token, sp.Expr]):
    """Parse tree to SymPy, unevaluated, so that nothing is reordered."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names
        self._brackets: dict[int, sp.Expr] = {}

    def number(self, token: Token) -> sp.Expr:
        return number(token)

    def half(self, token: Token) -> sp.Expr:
        return sp.Rational(1, 2)

    def name(self, token: Token) -> sp.Expr:
        found = self._names.find(token)
        if found is not None:
            return symbol(found)
        parts = split(token, self._names)
        if parts is None:
            raise DeriveError(f"column {token.column}", f'"{token}" is not a declared name')
        return parts[0] if len(parts) == 1 else self.grouped(sp.Mul(*parts, evaluate=False))

    def grouped(self, inner: sp.Expr) -> sp.Expr:
        self._brackets[id(inner)] = inner
        return inner

    def apply(self, function: Token, argument: sp.Expr) -> sp.Expr:
        return SPELLINGS[function].function(argument)

    def plus(self, left: sp.Expr, right: sp.Expr) -> sp.Expr:
        return _flat(sp.Add, left, right, frozenset(self._brackets))

    def minus(self, left: sp.Expr, right: sp.Expr) -> sp.Expr:
        return _flat(sp.Add, left, self.negative(right), frozenset(self._brackets))

    def negative(self, inner: sp.Expr) -> sp.Expr:
        if inner.is_Number:
            return -inner
        flat = inner.args if isinstance(inner, sp.Mul) and id(inner) not in self._brackets else (inner,)
        return sp.Mul(sp.Integer(-1), *flat, evaluate=False)

    def times(self, left: sp.Expr, right: sp.Expr) -> sp.Expr:
        return _flat(sp.Mul, left, right, frozenset(self._brackets))

    def over(self, left: sp.Expr, right: sp.Expr) -> sp.Expr:
        return _flat(sp.Mul, left, sp.Pow(right, sp.Integer(-1), evaluate=False), frozenset(self._brackets))

    def power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        return sp.Pow(base, exponent, evaluate=False)

    def superscript(self, base: sp.Expr, exponent: Token) -> sp.Expr:
        return sp.Pow(base, sp.Integer(int(exponent.translate(SUPERSCRIPTS))), evaluate=False)

    def differential(self, of: sp.Expr) -> sp.Expr:
        return of

    def total(self, *of: sp.Expr) -> sp.Expr:
        return sp.Add(*of, evaluate=False)

    def derivative(self, of: sp.Expr, by: sp.Expr) -> sp.Expr:
        if not by.is_Symbol:
            raise DeriveError("", f"a derivative by {by}", "differentiate by one name")
        return Partial(of, by)


def split(written: str, names: Names) -> list[sp.Symbol] | None:
    """`w1i1` as the declared names w1, i1: the only way to cut it, None where there is none or more than one."""
    ways: dict[int, list[list[str]]] = {0: [[]]}
    for end in range(1, len(written) + 1):
        ways[end] = [
            [*before, name]
            for start in range(end)
            if (name := names.find(written[start:end])) is not None and ways[start]
            for before in ways[start][:2]
        ][:2]
    found = ways[len(written)]
    return [symbol(name) for name in found[0]] if len(found) == 1 else None


