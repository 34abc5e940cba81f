"""A written tree to an expression of SymPy, once it is known which of its names are functions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.functions import apart, applied
from derive.formulas.signs import FRACTIONS, SUPERSCRIPTS
from derive.formulas.syntax import BEYOND_SCALARS, LIMIT, Node
from derive.formulas.vocabulary import OF_VECTORS, is_known
from derive.names import symbol
from derive.written import UNTOLD, At, Called, Partial

_MOST_DIGITS = 400


class BeyondScalarsError(DeriveError):
    """A formula that is read and stands for more than one number; `found` tells what it has."""


class UnreadError(DeriveError):
    """A sign, a command or a call that nobody here can read."""


class Names(Struct, frozen=True):
    """What elaboration must know: the document's own functions with their variables, and names that hide constants.

    `apart` are the functions whose bare name is a quantity, with the names that they are called by.
    """

    functions: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    hidden: frozenset[str] = frozenset()
    heads: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    generic: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    bare: frozenset[str] = frozenset()
    apart: Mapping[str, str] = MappingProxyType({})


def elaborated(node: Node, names: Names) -> sp.Expr:
    """The expression of a tree, its sums and products in the order written; BeyondScalarsError or UnreadError."""
    make = _KINDS.get(node.kind)
    if make is None:
        if node.kind in BEYOND_SCALARS:
            raise BeyondScalarsError("", BEYOND_SCALARS[node.kind])
        if node.kind == "foreign":
            raise UnreadError("", node.value)
        if node.kind == "differential":
            raise DeriveError("", "a differential stands alone", "write a ratio, ∂E/∂w")
        raise TypeError(f"no expression for {node.kind}")
    return make(node, names)


def number_of(text: str) -> sp.Rational:
    """A decimal, ½ or ² as the exact rational that it writes."""
    plain = text.translate(SUPERSCRIPTS)
    sign = -1 if plain.startswith("-") else 1
    plain = plain.lstrip("+-")
    if plain in FRACTIONS:
        return sp.Rational(*FRACTIONS[plain]) * sign
    if len(plain) > _MOST_DIGITS or len(plain.lower().partition("e")[2]) > 4:
        raise DeriveError("", f"a number of {len(plain)} digits: {plain[:20]}…", f"at most {_MOST_DIGITS} are read")
    exact = Fraction(plain)
    return sp.Rational(exact.numerator, exact.denominator) * sign


def _name(node: Node, names: Names) -> sp.Expr:
    constant = _CONSTANTS.get(node.value)
    if constant is not None and node.value not in names.hidden:
        return constant
    generic = names.generic.get(node.value)
    return (
        symbol(node.value) if generic is None else Called(node.value, tuple(0 for _ in generic), *map(symbol, generic))
    )


def _inverse(node: Node, names: Names) -> sp.Expr:
    return sp.Pow(elaborated(node.parts[0], names), sp.Integer(-1), evaluate=False)


def _absolute(node: Node, names: Names) -> sp.Expr:
    return sp.Abs(elaborated(node.parts[0], names), evaluate=False)


def _sum(node: Node, names: Names) -> sp.Expr:
    return sp.Add(*(elaborated(part, names) for part in node.parts), evaluate=False)


def _negative(node: Node, names: Names) -> sp.Expr:
    inner = elaborated(node.parts[0], names)
    if inner.is_Number:
        return -inner
    factors = inner.args if inner.is_Mul and node.parts[0].kind == "product" else (inner,)
    return sp.Mul(sp.Integer(-1), *factors, evaluate=False)


def _product(node: Node, names: Names) -> sp.Expr:
    return sp.Mul(*(elaborated(part, names) for part in node.parts), evaluate=False)


def _fraction(node: Node, names: Names) -> sp.Expr:
    above, below = (elaborated(part, names) for part in node.parts)
    if above.is_Integer and below.is_Integer and below != 0:
        return sp.Rational(above, below)
    under = sp.Pow(below, sp.Integer(-1), evaluate=False)
    return under if above == 1 else sp.Mul(above, under, evaluate=False)


def _power(node: Node, names: Names) -> sp.Expr:
    base, exponent = (elaborated(part, names) for part in node.parts)
    if base is sp.E:
        return sp.exp(exponent, evaluate=False)
    return sp.Pow(base, exponent, evaluate=False)


def _call(node: Node, names: Names) -> sp.Expr:
    """f(x), f'(x): a function of the table, else the document's own."""
    if node.value in names.functions or not is_known(node.value):
        return _called(node, names)
    if not node.parts:
        if node.value in names.hidden or node.order == 0:
            return symbol(node.value)
        raise DeriveError("", f"{node.value}' stands without an argument", f"write {node.value}'(x)")
    parts = node.parts[0].parts if len(node.parts) == 1 and node.parts[0].kind == "list" else node.parts
    arguments = tuple(elaborated(part, names) for part in parts)
    if node.value in OF_VECTORS:
        raise BeyondScalarsError("", OF_VECTORS[node.value])
    return applied(node.value, arguments, node.order)


def _called(node: Node, names: Names) -> sp.Expr:
    """A function of the document at its arguments; the name alone where these are the ones that it is defined by."""
    arguments = tuple(elaborated(part, names) for part in node.parts)
    variables, generic = names.functions.get(node.value, ()), names.generic.get(node.value)
    if generic is not None and not arguments:
        arguments = tuple(map(symbol, generic))
        if not node.order:
            return Called(node.value, tuple(0 for _ in generic), *arguments)
    elif not node.order and (not arguments or _is_itself(node.value, arguments, names)):
        return symbol(node.value)
    arguments = arguments or tuple(map(symbol, variables))
    if node.order and len(arguments) > 1:
        raise DeriveError("", f"{node.value}' of {len(arguments)} variables", f"write ∂{node.value}/∂x")
    if not arguments:
        return _prime(Node("prime", (Node("name", (), node.value),), order=node.order), names)
    name = names.apart.get(node.value, node.value)
    return Called(name, (node.order, *(0 for _ in arguments[1:])), *arguments)


def _slope_at(node: Node, names: Names) -> sp.Expr:
    """The slope of a document's function by its variable in the place that `order` has, at the arguments."""
    (call,) = node.parts
    orders = tuple(int(place == node.order) for place in range(len(call.parts)))
    return Called(call.value, orders, *(elaborated(part, names) for part in call.parts))


def _gradient(node: Node, names: Names) -> sp.Expr:
    """∇f of one variable is f'."""
    of = node.parts[-1]
    is_plain = len(node.parts) == 1 and not node.order and of.kind == "call" and not of.order
    if not is_plain or len(names.functions.get(of.value, ())) != 1:
        raise BeyondScalarsError("", BEYOND_SCALARS["gradient"])
    return _called(replace(of, order=1), names)


def _is_itself(name: str, arguments: tuple[sp.Expr, ...], names: Names) -> bool:
    """Whether a function at its arguments is what its name alone stands for."""
    written = tuple(f"{a.of}′" if isinstance(a, Partial) and a.by == UNTOLD else str(a) for a in arguments)
    is_head = written == names.functions.get(name, ()) and name not in names.generic
    return (
        (name not in names.apart and (is_head or (name, written) in names.heads))
        or (name in names.bare and all(a.is_Symbol for a in arguments))
    )


def _partial(node: Node, names: Names) -> sp.Expr:
    of, by = node.parts
    if by.kind == "call":
        by = Node("name", (), by.value)
    if by.kind == "prime":  # a name of its own, or nothing that one differentiates by
        by = Node("name", (), by.parts[0].value + "′" * by.order)
    variable = symbol(by.value) if by.kind == "name" else elaborated(by, names)
    if not variable.is_Symbol:
        raise BeyondScalarsError("", "an entry of a vector")
    if of.kind == "call" and of.value == variable.name and not of.parts:
        of = Node("name", (), of.value)
    if of.kind == "call" and not of.parts and is_known(of.value) and of.value not in names.functions:
        of = Node("call", (by,), of.value)
    made = elaborated(of, names) if not (of.kind == "name" and of.value == by.value) else variable
    if of == by and node.order > 0:
        raise UnreadError("", "a derivative of nothing")
    held = tuple(map(symbol, _held(node, names)))
    for _ in range(max(1, node.order)):
        made = Partial(made, variable, *held)
    return made


def _held(node: Node, names: Names) -> Iterator[str]:
    """The variables of a document's function beside the one by which it is differentiated, where these are held."""
    of, by = node.parts
    while of.kind == "partial":
        of = of.parts[0]
    return (name for name in names.functions.get(of.value, ()) if node.value and name != by.value)


def _at(node: Node, names: Names) -> sp.Expr:
    of, written, values = node.parts
    ends = [symbol(part.value) for part in written.parts] or list(map(symbol, _places(of, len(values.parts), names)))
    made = (elaborated(value, names) for value in values.parts)
    sign = "→" if node.value == LIMIT else "="
    return At(elaborated(of, names), sign, *chain.from_iterable(zip(ends, made, strict=True)))


def _places(of: Node, count: int, names: Names) -> Sequence[str]:
    """The names that so many values belong to: the variables of a function, in their order, or the one by which
    something is differentiated.
    """
    for node in of.walk():
        variables = names.functions.get(node.value, ()) if node.kind in ("name", "call") else ()
        if len(variables) == count:
            return variables
        if node.kind == "partial" and count == 1 and node.parts[1].kind == "name":
            return (node.parts[1].value,)
    raise UnreadError("", "values for names that are not told")


def _prime(node: Node, names: Names) -> sp.Expr:
    inner = elaborated(node.parts[0], names)
    for _ in range(node.order):
        inner = Partial(inner, UNTOLD)
    return inner


def _case(node: Node, names: Names) -> sp.Expr:
    value, left, right, other = (elaborated(part, names) for part in node.parts)
    if node.value == "⪈":
        return apart(value, left, right, other)
    if node.value == "⪇":
        return apart(value, right, left, other)
    if node.value not in _TESTS:
        raise UnreadError("", node.value)
    return sp.Piecewise((value, _TESTS[node.value](left, right)), (other, True))


_TESTS: Mapping[str, Callable[[sp.Expr, sp.Expr], sp.Basic]] = MappingProxyType({
    ">": sp.StrictGreaterThan, ">=": sp.GreaterThan, "≥": sp.GreaterThan,
    "<": sp.StrictLessThan, "<=": sp.LessThan, "≤": sp.LessThan,
})  # fmt: skip
_CONSTANTS: Mapping[str, sp.Expr] = MappingProxyType({"e": sp.E, "π": sp.pi, "pi": sp.pi})
_KINDS: Mapping[str, Callable[[Node, Names], sp.Expr]] = MappingProxyType({
    "number": lambda node, names: number_of(node.value),
    "name": _name,
    "sum": _sum,
    "negative": _negative,
    "product": _product,
    "inverse": _inverse,
    "fraction": _fraction,
    "power": _power,
    "group": lambda node, names: elaborated(node.parts[0], names),
    "call": _call,
    "slopes": _slope_at,
    "gradient": _gradient,
    "prime": _prime,
    "partial": _partial,
    "at": _at,
    "absolute": _absolute,
    "norm": _absolute,
    "case": _case,
})  # fmt: skip
