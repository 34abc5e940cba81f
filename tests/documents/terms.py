"""Formulas as their author means them, and what they come to in SymPy; nothing here is the program's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import mpmath
import sympy as sp


class Term(Protocol):
    """A formula; a frozen tree."""

    @property
    def parts(self) -> tuple["Term", ...]:
        """The formulas that it is made of."""

    def over(self, parts: tuple["Term", ...]) -> "Term":
        """The same made of others."""


class _Made:
    """What is made of parts."""

    def over(self, parts: tuple[Term, ...]) -> Any:
        return replace(self, parts=parts)  # type: ignore[type-var]


class _Leaf:
    """What is made of nothing else."""

    def over(self, parts: tuple[Term, ...]) -> Any:
        return self


@dataclass(frozen=True)
class Name(_Leaf):
    """A quantity by its key, such as `w 1 2 1`; what it is called is the notation's affair."""

    key: str

    parts: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Number(_Leaf):
    """A number as it is printed; `1/2` is a ratio of two."""

    text: str

    parts: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Sum(_Made):
    """Terms added in their order; one that is Negative is printed with a minus."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Product(_Made):
    """Factors in their order."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Ratio(_Made):
    """One formula over another."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Negative(_Made):
    """A formula with a minus before it."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Power(_Made):
    """A formula to a whole power."""

    parts: tuple[Term, ...]
    exponent: int = 2


@dataclass(frozen=True)
class Call(_Made):
    """A function at a formula: one of FUNCTIONS, or one that the document defines."""

    function: str
    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Derivative(_Made):
    """The derivative of a formula by a quantity; all that stands between them moves with it."""

    parts: tuple[Term, ...]
    by: str


def minus(one: Term, other: Term) -> Term:
    """A difference."""
    return Sum((one, Negative((other,))))


def total(*terms: Term) -> Term:
    """A sum, or its only term."""
    return terms[0] if len(terms) == 1 else Sum(terms)


def times(*factors: Term) -> Term:
    """A product, or its only factor; products within it are one with it."""
    flat = [part for one in factors for part in (one.parts if isinstance(one, Product) else (one,))]
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


HALF = Ratio((Number("1"), Number("2")))
ONE = Number("1")
FUNCTIONS: dict[str, Any] = {
    "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
    "tanh": sp.tanh,
    "softplus": lambda x: sp.log(1 + sp.exp(x)),
    "exp": sp.exp,
    "log": sp.log,
}
"""The functions that everybody knows."""


@dataclass(frozen=True)
class Rule:
    """A function that the document defines: its variables' keys and its body."""

    variables: tuple[str, ...]
    body: Term


@dataclass(frozen=True)
class Meaning:
    """What quantities and functions of a document are: the forward equations, nothing derived."""

    definitions: Mapping[str, Term]
    rules: Mapping[str, Rule]

    def of(self, term: Term, held: frozenset[str] = frozenset()) -> sp.Expr:
        """A formula in inputs, targets and parameters, and in the quantities that are held as they are."""
        match term:
            case Name(key):
                if key in held or key not in self.definitions:
                    return sp.Symbol(key)
                return self.of(self.definitions[key], held)
            case Number(text):
                return sp.Rational(text)
            case Sum(parts):
                return sp.Add(*(self.of(part, held) for part in parts))
            case Product(parts):
                return sp.Mul(*(self.of(part, held) for part in parts))
            case Ratio((above, below)):
                return self.of(above, held) / self.of(below, held)
            case Negative((part,)):
                return -self.of(part, held)
            case Power((base,), exponent):
                return self.of(base, held) ** exponent
            case Call(function, parts) if function in self.rules:
                rule = self.rules[function]
                body = self.of(rule.body, held | frozenset(rule.variables))
                arguments = zip(map(sp.Symbol, rule.variables), (self.of(part, held) for part in parts), strict=True)
                return body.subs(dict(arguments), simultaneous=True)
            case Call(function, (part,)):
                return FUNCTIONS[function](self.of(part, held))
            case Derivative((of,), by):
                slope = sp.diff(self.of(of, held | {by}), sp.Symbol(by))
                return slope if by in held else slope.subs(sp.Symbol(by), self.of(Name(by), held))
        raise TypeError(f"no meaning for {term}")

    def goes_in_a_circle(self, key: str) -> bool:
        """Whether a quantity is computed from itself."""
        waiting, seen = [key], set[str]()
        while waiting:
            for part in walk(self.definitions.get(waiting.pop(), ONE)):
                if isinstance(part, Name) and part.key not in seen:
                    seen.add(part.key)
                    waiting.append(part.key)
        return key in seen

    def agree(self, one: Term, other: Term) -> bool:
        """Whether two formulas have the same value at two points that nobody chose."""
        return _is_zero(self.of(one) - self.of(other))

    def value(self, term: Term, point: Mapping[str, sp.Rational]) -> sp.Float:
        """What a formula comes to."""
        return self.of(term).subs({sp.Symbol(key): number for key, number in point.items()}).evalf(40)


def _is_zero(difference: sp.Expr) -> bool:
    symbols = sorted(difference.free_symbols, key=str)
    at = sp.lambdify(symbols, difference, "mpmath", cse=True)
    with mpmath.workdps(30):
        points = (
            [mpmath.mpf(7 * n + turn) / (11 * n + 10 + turn) for n in range(1, len(symbols) + 1)] for turn in (3, 5)
        )
        return all(abs(at(*point)) < mpmath.mpf("1e-20") for point in points)


def walk(term: Term) -> Iterator[Term]:
    """A formula and all its parts."""
    yield term
    for part in term.parts:
        yield from walk(part)


def edits(term: Term, single: Any) -> Iterator[Term]:
    """A formula with one of its parts, or itself, exchanged for what `single` gives for it."""
    yield from single(term)
    for number, part in enumerate(term.parts):
        for edited in edits(part, single):
            yield term.over((*term.parts[:number], edited, *term.parts[number + 1 :]))
