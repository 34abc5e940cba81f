"""Names the likeliest mistake behind a refuted formula: each row of the table is one way in which people go wrong."""

from collections.abc import Callable, Iterable
from itertools import combinations, permutations, takewhile

import sympy as sp

from derive.mistakes.parts import places, put
from derive.names import symbol
from sheets.auditing import edits
from sheets.auditing.edits import Edit
from sheets.auditing.proving import Subject
from sheets.auditing.spots import Spot, spot_of

Namer = Callable[[Subject, str, sp.Expr, sp.Expr], str | None]
"""From the subject, the column's quantity, what stands there and what belongs there to the slip in words."""

_MOST_SWAPPED = 3
_MOST_TRIED = 4
DIFFERS = "differs from what belongs there"


def _of_another(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """The derivative by another parameter, or another node's expression."""
    for other, belongs in subject.right.items():
        if other != name and subject.agree(claim, belongs):
            return f"this is {other}, not {name}"
    return None


def _other_row(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """Another row's cells where only those of the own row belong."""
    for free in sorted(claim.free_symbols, key=str):
        spot = spot_of(free.name)
        if not spot.is_own:
            if subject.agree(claim.xreplace({free: symbol(spot.quantity)}), right):
                return f"reads {spot.in_words}{'' if spot.fixed is None else ' in every row'}"
            if spot.quantity == name:
                return "is stepped like a weight, from the row above, instead of computed from its own row"
    return None


def _update(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """A weight's update, filled sideways over what is computed from the own row."""
    for parameter in subject.network.parameters:
        own = Spot(parameter, -1).symbol
        if own in claim.free_symbols:
            for slope in (Spot(partial, -1).symbol for partial in subject.partials):
                for rate in sorted(claim.free_symbols - {own, slope}, key=str) if slope in claim.free_symbols else ():
                    if subject.agree(claim, own - rate * slope):
                        return f"this is the update of {parameter}, not {name}"
    return None


def _wrong_reference(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """Quantities that stand where others belong, a_h1 for a_h2, and perhaps one more in one place."""
    stands = sorted(s.name for s in claim.free_symbols - right.free_symbols)
    belongs = sorted(s.name for s in right.free_symbols - claim.free_symbols)
    if not stands or len(stands) > _MOST_SWAPPED:
        return _single_place(subject, claim, right)
    tried = []
    for missing in permutations(belongs or sorted(s.name for s in right.free_symbols), len(stands)):
        mended = claim.xreplace({symbol(a): symbol(b) for a, b in zip(stands, missing, strict=True)})
        told = ", ".join(f"uses {a} where {b} belongs" for a, b in zip(stands, missing, strict=True))
        if subject.agree(mended, right):
            return told
        tried.append((mended, told))
    besides = ((told, _single_place(subject, mended, right)) for mended, told in tried[:_MOST_TRIED])
    return next((f"{told}, and {more}" for told, more in besides if more is not None),
                _single_place(subject, claim, right))


def _single_place(subject: Subject, claim: sp.Expr, right: sp.Expr) -> str | None:
    """One or two occurrences of a quantity, others of it being right: (1 - a_o1) for (1 - a_o2)."""
    candidates = sorted({s.name for s in right.free_symbols} | {s.name for s in claim.free_symbols})
    for place, node in places(claim):
        if not node.is_Symbol:
            continue
        if subject.is_spent:
            break
        for name in candidates:
            if name != node.name and subject.agree(put(claim, place, symbol(name)), right):
                return f"uses {node.name} where {name} belongs, in one place"
    return None


def _number_factor(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """A number too many or too few: the ½ of the loss, the 2 of its derivative, LOG to base 10 for LN."""
    for factor in (sp.Integer(2), sp.Rational(1, 2), sp.Integer(-2), sp.Rational(-1, 2), sp.log(10), 1 / sp.log(10)):
        if subject.agree(claim, factor * right):
            return f"{factor} times what belongs there"
    return None


def _factor(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """A factor is missing, in all or in one term, or one too many stands there."""
    parts = sorted(claim.free_symbols | right.free_symbols, key=sp.default_sort_key)
    others = [*parts, *(1 - p for p in parts)]
    candidates = [*others, *(a - b for a in parts for b in parts if a != b)]
    for place, node in places(claim):
        for factor in candidates if (node.is_Mul or not place) and not subject.is_spent else ():
            if subject.agree(put(claim, place, node * factor), right):
                return f"the factor {_shown(factor)} is missing{' in one term' if place else ''}"
    surplus = (factor for factor in others if subject.agree(claim, right * factor))
    return next((f"the factor {_shown(factor)} is one too many" for factor in surplus), None)


def _crossed(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """Two quantities that stand in each other's place: w3*i2 + w4*i1."""
    for a, b in combinations(sorted((claim.free_symbols & right.free_symbols), key=str), 2):
        if subject.agree(claim.xreplace({a: b, b: a}), right):
            return f"{a} and {b} stand in each other's place"
    return None


def _other_number(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """One number stands where another belongs: 0 for the slope 0.01 of a leaky ReLU."""
    numbers = sorted(right.atoms(sp.Rational), key=sp.default_sort_key)
    for place, node in places(claim):
        if node.is_Rational:
            for number in numbers:
                if number != node and subject.agree(put(claim, place, number), right):
                    return f"{float(node):g} stands where {float(number):g} belongs"
    return None


def _shown(factor: sp.Expr) -> str:
    return f"({factor})" if factor.is_Add else str(factor)


def _operators(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """× for − wherever two quantities alone are multiplied, and perhaps wrong references besides."""
    products = [node for _, node in places(claim) if node.is_Mul and len(node.args) == 2
                and all(a.is_Symbol for a in node.args)]
    mended = claim
    for place, node in list(places(claim)):
        if node in products:
            mended = put(mended, place, node.args[0] - node.args[1])
    if mended == claim:
        return None
    told = f"{products[0]} where {products[0].args[0] - products[0].args[1]} belongs"
    if subject.agree(mended, right):
        return told
    besides = _wrong_reference(subject, name, mended, right)
    return None if besides is None else f"{told}, and {besides}"


def _one_path(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
    """Only some of the paths from the loss are followed."""
    column = subject.body.table.by_name.get(name)
    if column is None or not column.is_partial:
        return None
    expanded = sp.expand(right)
    from derive.gradients.chain import derive_by

    of = subject.network.loss if column.of == "E" else column.of
    paths = list(derive_by(subject.network, of, column.by).paths())
    if not 1 < len(paths) <= 8 or expanded == 0:
        return None
    for path in paths:
        if subject.agree(claim, right - path.value):
            return f"the path {' → '.join(path.names)} is missing"
    return None


def _by(edit: Edit) -> Namer:
    """The slip that an edit of the formula undoes."""
    def namer(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str | None:
        names = {s: s.name for s in sorted(claim.free_symbols | right.free_symbols, key=str)}
        mendings = takewhile(lambda _: not subject.is_spent, edit(claim, names))
        return next((told for mended, told in mendings if subject.agree(mended, right)), None)

    return namer


SLIPS: tuple[Namer, ...] = (
    _of_another, _other_row, _update, _by(edits.sign), _by(edits.exponent), _number_factor, _crossed, _wrong_reference,
    _by(edits.brackets), _by(edits.operator), _operators, _one_path, _factor, _other_number,
    *map(_by, (edits.natural, edits.missing, edits.term_sign, edits.surplus, edits.inverse, edits.applied)),
)
_MOST_NODES = 200


def name_slip(subject: Subject, name: str, claim: sp.Expr, right: sp.Expr) -> str:
    """The slip in words, DIFFERS where none of the known ones explains it."""
    if right == 0:
        return f"the error does not depend on {name.rpartition('/d')[2]}: no formula below it reads that"
    given = {symbol(n): value for n, value in subject.partials.items() if n != name}
    for said in dict.fromkeys((claim, claim.xreplace(given))):
        for namer in SLIPS if sum(1 for _ in sp.preorder_traversal(said)) <= _MOST_NODES else ():
            told = namer(subject, name, said, right)
            if told is not None:
                return told
    return DIFFERS


def through_helpers(subject: Subject, names: Iterable[str]) -> str:
    """The helper columns that a formula reads, in words; empty where it reads none."""
    read = {spot_of(name).quantity for name in names}
    columns = {subject.body.table.by_name[name].letters for name in read if subject.is_helper(name)}
    return f", through column {' and '.join(sorted(columns))}" if columns else ""
