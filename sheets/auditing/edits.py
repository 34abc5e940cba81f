"""The edits that undo a slip within a formula: each row of the table mends it in one way, and says what was wrong.

    edit(expression, its symbols as they are called)  ->  the expression mended, and the slip in words

Which of them is right is asked of each in turn; the first that is names the slip. Rows are independent.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import product

import sympy as sp

from derive.mistakes.parts import places, put
from derive.rules import Sigmoid

Edit = Callable[[sp.Expr, Mapping[sp.Symbol, str]], Iterator[tuple[sp.Expr, str]]]


def sign(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The whole with the other sign."""
    yield -expression, "the sign is reversed"


def natural(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """LOG(x), to base 10, where LN(x) belongs."""
    by_ten = sp.Pow(sp.log(10), -1)
    if expression.has(by_ten):
        yield expression.xreplace({by_ten: sp.Integer(1)}), "LOG is the logarithm to base 10, where LN belongs"


def logarithm(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """1 - p as it is where LN(1 - p) belongs, beside LN(p), or p beside LN(1 - p): in every term of a cross-entropy."""
    first = {called: x for x, called in reversed([*names.items()])}
    expression = expression.xreplace({x: first[called] for x, called in names.items()})  # a cell read twice is one
    known = {node.args[0] for node in expression.atoms(sp.log)}
    lost = sorted({1 - inner for inner in known if inner.free_symbols} - known, key=sp.default_sort_key)
    mended = _outside(expression, lost) if lost else expression
    if mended != expression:
        yield mended, f"{_text(lost[0], names)} where its logarithm belongs"


def _outside(node: sp.Expr, parts: Collection[sp.Expr]) -> sp.Expr:
    """An expression with the logarithms of some parts in their places, but for what stands within a logarithm."""
    if node in parts:
        return sp.log(node)
    is_whole = not node.args or isinstance(node, sp.log)
    return node if is_whole else node.func(*(_outside(one, parts) for one in node.args))


def at_each_place(change: Edit) -> Edit:
    """The edit that changes one part of an expression at a time."""
    def edit(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
        return ((put(expression, place, mended), told) for place, node in places(expression)
                for mended, told in change(node, names))

    return edit


@at_each_place
def complement(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """LN(p) where LN(1 - p) belongs, or the other way round."""
    if isinstance(node, sp.log):
        stands, belongs = (_text(one, names) for one in (node.args[0], 1 - node.args[0]))
        yield sp.log(1 - node.args[0]), f"LN({stands}) where LN({belongs}) belongs"


@at_each_place
def exponent(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """EXP(x) where EXP(-x) belongs."""
    if isinstance(node, (sp.exp, Sigmoid)):
        yield node.func(-node.args[0]), "the sign of the exponent is reversed"


def number(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A number too many or too few: the ½ of the loss, the 2 of its derivative."""
    for factor, told in ((2, "half"), (sp.Rational(1, 2), "twice")):
        yield factor * expression, f"{told} of what belongs there"


@at_each_place
def asked(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """What is asked to be one whole number where it should be the next, or the one before: the class of another."""
    if isinstance(node, sp.Equality) and node.lhs.is_Symbol and node.rhs.is_Integer:
        for other in (node.rhs + 1, node.rhs - 1):
            yield sp.Eq(node.lhs, other), f"asks whether {names[node.lhs]} is {node.rhs} where {other} belongs"


@at_each_place
def term_sign(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """+ for - before one term, or - for +."""
    for index, term in enumerate(node.args if node.is_Add else ()):
        stands, belongs = ("-", "+") if _is_negative(term) else ("+", "-")
        told = f"{stands} where {belongs} belongs, before {_text(_unsigned(term), names)}"
        yield sp.Add(*(-t if i == index else t for i, t in enumerate(node.args))), told


@at_each_place
def brackets(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The last factors hold only the last term of the sum: a bracket is missing."""
    if not node.is_Add:
        return
    first, *others = node.args
    if first.is_Mul and first.args[-1].is_Pow and first.args[-1].exp == -1:
        mended = sp.Mul(*first.args[:-1], 1 / sp.Add(first.args[-1].base, *others))
        yield mended, "the brackets around the divisor are missing"
    *before, last = node.args
    for cut in range(1, len(last.args)) if last.is_Mul else ():
        mended = sp.Mul(sp.Add(*before, sp.Mul(*last.args[:cut])), *last.args[cut:])
        yield mended, "the brackets around the sum are missing"


@at_each_place
def raised(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The power of a sum where that of its last term belongs, (1 - x)^2 for 1 - x^2, or the other way round."""
    if node.is_Pow and node.base.is_Add and node.exp.is_Number and node.exp > 0:
        *before, last = node.base.args
        power = sp.Pow(_unsigned(last), node.exp, evaluate=False)
        told = f"the bracket is raised to the power {node.exp} where {_text(_unsigned(last), names)} alone is to be"
        yield sp.Add(*before, -power if _is_negative(last) else power), told
    if node.is_Add:
        *before, last = node.args
        power = _unsigned(last)
        if power.is_Pow and power.exp.is_Number and power.exp > 0:
            whole = sp.Add(*before, -power.base if _is_negative(last) else power.base)
            told = f"{_text(power.base, names)} alone is raised to the power {power.exp} where the sum is to be"
            yield whole ** power.exp, told


@at_each_place
def operator(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """× for −, + for ×, and the like, at one place."""
    if len(node.args) == 2 and (node.is_Mul or node.is_Add):
        a, b = node.args
        if node.is_Add and _is_negative(b):
            b = -b
        for mended in (a - b, a + b, a * b, a / b):
            if mended != node:
                yield mended, f"{_text(node, names)} where {_text(mended, names)} belongs"


def missing(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor is missing, in all or in one term."""
    own = list(names)
    factors = [*own, *(1 - x for x in own), *(x * (1 - x) for x in own), *(1 - x**2 for x in own)]
    for factor in factors:
        yield expression * factor, f"the factor {_text(factor, names)} is missing"
    for place, node in places(expression):
        for factor in factors if node.is_Mul and place else ():
            yield put(expression, place, node * factor), f"the factor {_text(factor, names)} is missing in one term"


@at_each_place
def slope(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The slope of a sigmoid, x*(1 - x), where that of tanh belongs, 1 - x^2, or the other way round."""
    for x in names if node.is_Add else ():
        if node == 1 - x**2:
            yield x * (1 - x), f"{_text(node, names)} where {_text(x * (1 - x), names)} belongs, the slope of a sigmoid"
    for x, y in product(names, names) if node.is_Mul else ():
        if names[x] == names[y] and {x, 1 - y} <= set(node.args):  # a cell read twice
            mended = sp.Mul(*(part for part in node.args if part not in (x, 1 - y)), 1 - x**2)
            yield mended, f"{_text(x * (1 - y), names)} where {_text(1 - x**2, names)} belongs, the slope of tanh"


@at_each_place
def amount(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A number in a sum, a product or a power that is one too many or too few, or half or twice what belongs there; a
    negative factor may be a decay's, and nobody says which of two of these is meant.
    """
    own = node.exp if node.is_Pow else node.args[0] if node.is_Mul or node.is_Add else sp.Integer(0)
    is_meant = own.is_Integer and (own > 1 or (node.is_Add and own < -1))
    for other in (own - 1, own + 1, own / 2, 2 * own) if is_meant else ():
        mended = node.base ** other if node.is_Pow else node.func(other, *node.args[1:])
        yield mended, f"{_text(node, names)} where {_text(mended, names)} belongs"


@at_each_place
def surplus(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor or a term is one too many."""
    for index, part in enumerate(node.args if node.is_Mul or node.is_Add else ()):
        if part.free_symbols or (part.is_number and part != -1):
            told = f"the {'factor' if node.is_Mul else 'term'} {_text(part, names)} is one too many"
            yield node.func(*(p for i, p in enumerate(node.args) if i != index)), told


@at_each_place
def inverse(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A function is applied where none belongs."""
    if len(node.args) == 1 and node.free_symbols:
        told = f"{type(node).__name__.lower()} of {_text(node.args[0], names)} where that itself belongs"
        yield node.args[0], told


@at_each_place
def applied(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A sum is taken where its σ belongs, or a number where its square does."""
    if node.is_Symbol:
        for belongs, called in ((Sigmoid(node), "sigmoid"), (node**2, "square")):
            yield belongs, f"uses {names[node]} where its {called} belongs, in one place"


@at_each_place
def share(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor b where the other share belongs, 1 - b."""
    for index, part in enumerate(node.args if node.is_Mul else ()):
        if part.is_Symbol:
            yield put(node, (index,), 1 - part), f"uses {names[part]} where 1 - {names[part]} belongs, in one place"


@at_each_place
def root(node: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A mean square divides where its root belongs."""
    if node.is_Pow and node.exp == -1:
        for x in sorted(node.base.free_symbols, key=sp.default_sort_key):
            yield 1 / node.base.xreplace({x: sp.sqrt(x)}), f"divides by {names[x]} where its root belongs"


EDITS: tuple[Edit, ...] = (
    sign, natural, logarithm, complement, exponent, number, asked, term_sign, brackets, raised, operator, slope,
    applied, missing, amount, surplus, inverse, share, root,
)


def _unsigned(term: sp.Expr) -> sp.Expr:
    """A term without its sign."""
    return -term if _is_negative(term) else term


def _is_negative(term: sp.Expr) -> bool:
    return bool(term.could_extract_minus_sign())


def _text(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    """An expression in the workbook's own words."""
    own = {symbol.name: names[symbol] for symbol in expression.free_symbols}
    either = "|".join(re.escape(name) for name in sorted(own, key=len, reverse=True))
    text = str(expression)
    if own:
        text = re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda match: own[match[0]], text)
    return f"({text})" if expression.is_Add else text
