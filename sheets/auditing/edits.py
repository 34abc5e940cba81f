"""The edits that undo a slip within a formula: each row of the table mends it in one way, and says what was wrong.

    edit(expression, its symbols as they are called)  ->  the expression mended, and the slip in words

Which of them is right is asked of each in turn; the first that is names the slip. Rows are independent.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import product

import sympy as sp

from derive.mistakes.parts import places
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


def complement(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """LN(p) where LN(1 - p) belongs, or the other way round."""
    for place, node in places(expression):
        if isinstance(node, sp.log):
            stands, belongs = (_text(one, names) for one in (node.args[0], 1 - node.args[0]))
            yield replaced(expression, place, sp.log(1 - node.args[0])), f"LN({stands}) where LN({belongs}) belongs"


def exponent(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """EXP(x) where EXP(-x) belongs."""
    for place, node in places(expression):
        if isinstance(node, (sp.exp, Sigmoid)):
            yield replaced(expression, place, node.func(-node.args[0])), "the sign of the exponent is reversed"


def number(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A number too many or too few: the ½ of the loss, the 2 of its derivative."""
    for factor, told in ((2, "half"), (sp.Rational(1, 2), "twice")):
        yield factor * expression, f"{told} of what belongs there"


def asked(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """What is asked to be one whole number where it should be the next, or the one before: the class of another."""
    for place, node in places(expression):
        if isinstance(node, sp.Equality) and node.lhs.is_Symbol and node.rhs.is_Integer:
            for other in (node.rhs + 1, node.rhs - 1):
                told = f"asks whether {names[node.lhs]} is {node.rhs} where {other} belongs"
                yield replaced(expression, place, sp.Eq(node.lhs, other)), told


def term_sign(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """+ for - before one term, or - for +."""
    for place, node in places(expression):
        if node.is_Add:
            for index, term in enumerate(node.args):
                mended = sp.Add(*(-t if i == index else t for i, t in enumerate(node.args)))
                stands, belongs = ("-", "+") if _is_negative(term) else ("+", "-")
                told = f"{stands} where {belongs} belongs, before {_text(_unsigned(term), names)}"
                yield replaced(expression, place, mended), told


def brackets(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The last factors hold only the last term of the sum: a bracket is missing."""
    for place, node in places(expression):
        if not node.is_Add:
            continue
        first, *others = node.args
        if first.is_Mul and first.args[-1].is_Pow and first.args[-1].exp == -1:
            mended = sp.Mul(*first.args[:-1], 1 / sp.Add(first.args[-1].base, *others))
            yield replaced(expression, place, mended), "the brackets around the divisor are missing"
        *before, last = node.args
        for cut in range(1, len(last.args)) if last.is_Mul else ():
            mended = sp.Mul(sp.Add(*before, sp.Mul(*last.args[:cut])), *last.args[cut:])
            yield replaced(expression, place, mended), "the brackets around the sum are missing"


def raised(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The power of a sum where that of its last term belongs, (1 - x)^2 for 1 - x^2, or the other way round."""
    for place, node in places(expression):
        if node.is_Pow and node.base.is_Add and node.exp.is_Number and node.exp > 0:
            *before, last = node.base.args
            power = sp.Pow(_unsigned(last), node.exp, evaluate=False)
            told = f"the bracket is raised to the power {node.exp} where {_text(_unsigned(last), names)} alone is to be"
            yield replaced(expression, place, sp.Add(*before, -power if _is_negative(last) else power)), told
        if node.is_Add:
            *before, last = node.args
            power = _unsigned(last)
            if power.is_Pow and power.exp.is_Number and power.exp > 0:
                whole = sp.Add(*before, -power.base if _is_negative(last) else power.base)
                told = f"{_text(power.base, names)} alone is raised to the power {power.exp} where the sum is to be"
                yield replaced(expression, place, whole ** power.exp), told


def operator(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """× for −, + for ×, and the like, at one place."""
    for place, node in places(expression):
        if len(node.args) == 2 and (node.is_Mul or node.is_Add):
            a, b = node.args
            if node.is_Add and _is_negative(b):
                b = -b
            for mended in (a - b, a + b, a * b, a / b):
                if mended != node:
                    told = f"{_text(node, names)} where {_text(mended, names)} belongs"
                    yield replaced(expression, place, mended), told


def missing(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor is missing, in all or in one term."""
    own = list(names)
    factors = [*own, *(1 - x for x in own), *(x * (1 - x) for x in own), *(1 - x**2 for x in own)]
    for factor in factors:
        yield expression * factor, f"the factor {_text(factor, names)} is missing"
    for place, node in places(expression):
        if node.is_Mul and place:
            for factor in factors:
                told = f"the factor {_text(factor, names)} is missing in one term"
                yield replaced(expression, place, node * factor), told


def slope(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The slope of a sigmoid, x*(1 - x), where that of tanh belongs, 1 - x^2, or the other way round."""
    for place, node in places(expression):
        for x in names if node.is_Add else ():
            if node == 1 - x**2:
                told = f"{_text(node, names)} where {_text(x * (1 - x), names)} belongs, the slope of a sigmoid"
                yield replaced(expression, place, x * (1 - x)), told
        for x, y in product(names, names) if node.is_Mul else ():
            if names[x] == names[y] and {x, 1 - y} <= set(node.args):  # a cell read twice
                mended = sp.Mul(*(part for part in node.args if part not in (x, 1 - y)), 1 - x**2)
                told = f"{_text(x * (1 - y), names)} where {_text(1 - x**2, names)} belongs, the slope of tanh"
                yield replaced(expression, place, mended), told


def amount(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A number in a sum, a product or a power that is one too many or too few, or half or twice what belongs there; a
    negative factor may be a decay's, and nobody says which of two of these is meant.
    """
    for place, node in places(expression):
        own = node.exp if node.is_Pow else node.args[0] if node.is_Mul or node.is_Add else sp.Integer(0)
        is_meant = own.is_Integer and (own > 1 or (node.is_Add and own < -1))
        for other in (own - 1, own + 1, own / 2, 2 * own) if is_meant else ():
            mended = node.base ** other if node.is_Pow else node.func(other, *node.args[1:])
            yield replaced(expression, place, mended), f"{_text(node, names)} where {_text(mended, names)} belongs"


def surplus(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor or a term is one too many."""
    for place, node in places(expression):
        if node.is_Mul or node.is_Add:
            kind = "factor" if node.is_Mul else "term"
            for index, part in enumerate(node.args):
                if part.free_symbols or (part.is_number and part != -1):
                    mended = node.func(*(p for i, p in enumerate(node.args) if i != index))
                    yield replaced(expression, place, mended), f"the {kind} {_text(part, names)} is one too many"


def inverse(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A function is applied where none belongs."""
    for place, node in places(expression):
        if len(node.args) == 1 and node.free_symbols:
            told = f"{type(node).__name__.lower()} of {_text(node.args[0], names)} where that itself belongs"
            yield replaced(expression, place, node.args[0]), told


def applied(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A sum is taken where its σ belongs, or a number where its square does."""
    for place, node in places(expression):
        if node.is_Symbol:
            for belongs, called in ((Sigmoid(node), "sigmoid"), (node**2, "square")):
                told = f"uses {names[node]} where its {called} belongs, in one place"
                yield replaced(expression, place, belongs), told


def share(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor b where the other share belongs, 1 - b."""
    for place, node in places(expression):
        for index, part in enumerate(node.args) if node.is_Mul else ():
            if part.is_Symbol:
                told = f"uses {names[part]} where 1 - {names[part]} belongs, in one place"
                yield replaced(expression, (*place, index), 1 - part), told


def root(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A mean square divides where its root belongs."""
    for place, node in places(expression):
        if node.is_Pow and node.exp == -1:
            for x in sorted(node.base.free_symbols, key=sp.default_sort_key):
                mended = replaced(expression, place, 1 / node.base.xreplace({x: sp.sqrt(x)}))
                yield mended, f"divides by {names[x]} where its root belongs"


EDITS: tuple[Edit, ...] = (
    sign, natural, logarithm, complement, exponent, number, asked, term_sign, brackets, raised, operator, slope,
    missing, amount, surplus, inverse, applied, share, root,
)


def _unsigned(term: sp.Expr) -> sp.Expr:
    """A term without its sign."""
    return -term if _is_negative(term) else term


def _is_negative(term: sp.Expr) -> bool:
    return bool(term.could_extract_minus_sign())


def replaced(tree: sp.Expr, path: tuple[int, ...], leaf: sp.Expr) -> sp.Expr:
    """A tree with another node at a place, the rest as written."""
    if not path:
        return leaf
    children = list(tree.args)
    children[path[0]] = replaced(children[path[0]], path[1:], leaf)
    return tree.func(*children, evaluate=False) if tree.is_Add or tree.is_Mul or tree.is_Pow else tree.func(*children)


def _text(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    """An expression in the workbook's own words."""
    own = {symbol.name: names[symbol] for symbol in expression.free_symbols}
    either = "|".join(re.escape(name) for name in sorted(own, key=len, reverse=True))
    text = str(expression)
    if own:
        text = re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda match: own[match[0]], text)
    return f"({text})" if expression.is_Add else text
