"""The slips of a formula: each row of the table mends it in one way, and says in words what was wrong.

    repairs(accused formula, the cells that may be meant)  ->  each mended formula, and the slip

Which of them is right is asked of each in turn; the first that is names the slip. Rows are independent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

import sympy as sp
from msgspec import Struct

from derive.rules import Sigmoid
from sheets.auditing.training.formula import Formula, operand
from sheets.references import Cell

_MOST_NODES = 150


class Repair(Struct, frozen=True):
    """A formula mended: its expression over the places of `reads`, and the slip in words."""

    expression: sp.Expr
    reads: tuple[Cell, ...]
    slip: str


Called = Callable[[Cell], str]
Mender = Callable[[sp.Expr, Mapping[sp.Symbol, str]], Iterator[tuple[sp.Expr, str]]]


def references(formula: Formula, others: Sequence[Cell], called: Called) -> Iterator[Repair]:
    """Another cell wherever one is read; then in one of its places alone."""
    assert formula.meaning is not None
    expression, reads = formula.meaning.plain, formula.reads
    alone = []
    for cell in dict.fromkeys(reads):
        places = [place for place, read in enumerate(reads) if read == cell]
        for other in others:
            if other == cell:
                continue
            told = f"uses {called(cell)} where {called(other)} belongs"
            yield Repair(expression, _put(reads, places, other), told)
            if len(places) > 1:
                alone += [Repair(expression, _put(reads, (place,), other), f"{told}, in one place") for place in places]
    yield from alone


def paired_references(formula: Formula, kin: Mapping[Cell, Sequence[Cell]], called: Called) -> Iterator[Repair]:
    """Other cells of their kind in place of two that are read."""
    assert formula.meaning is not None
    for one, two in combinations(dict.fromkeys(formula.reads), 2):
        places = [[place for place, read in enumerate(formula.reads) if read == cell] for cell in (one, two)]
        for first in kin[one]:
            for second in kin[two]:
                if first != one and second != two:
                    told = (f"{called(one)} and {called(two)} stand in each other's place"
                            if (first, second) == (two, one) else
                            f"uses {called(one)} where {called(first)} belongs, "
                            f"uses {called(two)} where {called(second)} belongs")
                    reads = _put(_put(formula.reads, places[0], first), places[1], second)
                    yield Repair(formula.meaning.plain, reads, told)


def _put(reads: Sequence[Cell], places: Sequence[int], other: Cell) -> tuple[Cell, ...]:
    return tuple(other if place in places else read for place, read in enumerate(reads))


def rewritten(formula: Formula, called: Called) -> Iterator[Repair]:
    """The same cells in another formula, by every row of the table."""
    assert formula.meaning is not None
    expression = formula.meaning.plain
    if sum(1 for _ in sp.preorder_traversal(expression)) > _MOST_NODES:
        return
    names = {operand(place): called(read) for place, read in enumerate(formula.reads)}
    for mend in MENDERS:
        for mended, told in mend(expression, names):
            yield Repair(mended, formula.reads, told)


def _sign(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The whole with the other sign."""
    yield -expression, "the sign is reversed"


def _natural(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """LOG(x), to base 10, where LN(x) belongs."""
    by_ten = sp.Pow(sp.log(10), -1)
    if expression.has(by_ten):
        yield expression.xreplace({by_ten: sp.Integer(1)}), "LOG is the logarithm to base 10, where LN belongs"


def _exponent(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """EXP(x) where EXP(-x) belongs."""
    for place, node in _places(expression):
        if isinstance(node, (sp.exp, Sigmoid)):
            yield _replaced(expression, place, node.func(-node.args[0])), "the sign of the exponent is reversed"


def _number(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A number too many or too few: the ½ of the loss, the 2 of its derivative."""
    for factor, told in ((2, "half"), (sp.Rational(1, 2), "twice")):
        yield factor * expression, f"{told} of what belongs there"


def _term_sign(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """+ for - before one term, or - for +."""
    for place, node in _places(expression):
        if node.is_Add:
            for index, term in enumerate(node.args):
                mended = sp.Add(*(-t if i == index else t for i, t in enumerate(node.args)))
                stands, belongs = ("-", "+") if _is_negative(term) else ("+", "-")
                told = f"{stands} where {belongs} belongs, before {_text(abs_term(term), names)}"
                yield _replaced(expression, place, mended), told


def _brackets(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """The last factors hold only the last term of the sum: a bracket is missing."""
    for place, node in _places(expression):
        if not node.is_Add:
            continue
        first, *others = node.args
        if first.is_Mul and first.args[-1].is_Pow and first.args[-1].exp == -1:
            mended = sp.Mul(*first.args[:-1], 1 / sp.Add(first.args[-1].base, *others))
            yield _replaced(expression, place, mended), "the brackets around the divisor are missing"
        *before, last = node.args
        for cut in range(1, len(last.args)) if last.is_Mul else ():
            mended = sp.Mul(sp.Add(*before, sp.Mul(*last.args[:cut])), *last.args[cut:])
            yield _replaced(expression, place, mended), "the brackets around the sum are missing"


def _operator(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """× for −, + for ×, and the like, at one place."""
    for place, node in _places(expression):
        if len(node.args) == 2 and (node.is_Mul or node.is_Add):
            a, b = node.args
            if node.is_Add and _is_negative(b):
                b = -b
            for mended in (a - b, a + b, a * b):
                if mended != node:
                    told = f"{_text(node, names)} where {_text(mended, names)} belongs"
                    yield _replaced(expression, place, mended), told


def _missing(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor is missing, in all or in one term."""
    own = sorted(names, key=lambda name: int(name.name[1:]))
    factors = [*own, *(1 - x for x in own), *(x * (1 - x) for x in own), *(1 - x**2 for x in own)]
    for factor in factors:
        yield expression * factor, f"the factor {_text(factor, names)} is missing"
    for place, node in _places(expression):
        if node.is_Mul and place:
            for factor in factors:
                told = f"the factor {_text(factor, names)} is missing in one term"
                yield _replaced(expression, place, node * factor), told


def _surplus(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A factor or a term is one too many."""
    for place, node in _places(expression):
        if node.is_Mul or node.is_Add:
            kind = "factor" if node.is_Mul else "term"
            for index, part in enumerate(node.args):
                if part.free_symbols or (part.is_number and part != -1):
                    mended = node.func(*(p for i, p in enumerate(node.args) if i != index))
                    yield _replaced(expression, place, mended), f"the {kind} {_text(part, names)} is one too many"


def _inverse(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A function is applied where none belongs."""
    for place, node in _places(expression):
        if len(node.args) == 1 and node.free_symbols:
            told = f"{type(node).__name__.lower()} of {_text(node.args[0], names)} where that itself belongs"
            yield _replaced(expression, place, node.args[0]), told


def _applied(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Iterator[tuple[sp.Expr, str]]:
    """A sum is taken where its σ belongs."""
    for place, node in _places(expression):
        if node.is_Symbol:
            told = f"uses {names[node]} where its sigmoid belongs, in one place"
            yield _replaced(expression, place, Sigmoid(node)), told


MENDERS: tuple[Mender, ...] = (
    _sign, _natural, _exponent, _number, _term_sign, _brackets, _operator, _missing, _surplus, _inverse, _applied,
)


def abs_term(term: sp.Expr) -> sp.Expr:
    """A term without its sign."""
    return -term if _is_negative(term) else term


def _is_negative(term: sp.Expr) -> bool:
    return bool(term.could_extract_minus_sign())


def _places(tree: sp.Expr, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], sp.Expr]]:
    yield path, tree
    for index, child in enumerate(tree.args):
        yield from _places(child, (*path, index))


def _replaced(tree: sp.Expr, path: tuple[int, ...], leaf: sp.Expr) -> sp.Expr:
    if not path:
        return leaf
    children = list(tree.args)
    children[path[0]] = _replaced(children[path[0]], path[1:], leaf)
    return tree.func(*children, evaluate=False) if tree.is_Add or tree.is_Mul or tree.is_Pow else tree.func(*children)


def _text(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    """An expression in the workbook's own words."""
    text = str(expression)
    for symbol in sorted(expression.free_symbols, key=lambda s: -len(s.name)):
        text = text.replace(symbol.name, f"\0{list(names).index(symbol)}\0")
    for place, name in enumerate(names.values()):
        text = text.replace(f"\0{place}\0", name)
    return f"({text})" if expression.is_Add else text
