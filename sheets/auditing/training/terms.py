"""Decides sums term by term: those of one sample are equal or not whatever those of the others are.

A sum of 8 terms of 3 cases each has 6,561 cases, its terms have 24; over 8 denominators it is larger than all of its
terms. Terms go together that share a quantity which most
others have not; where each such part of a difference is 0, the difference is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import sympy as sp

from derive.equality import Proved, Undecided, Verdict, decide
from derive.reach import meeting, reached
from sheets.auditing.deciding import SIGNED, but_for_kinks

_MANY = 4
_MOST_TERMS = 2_000
_MOST_CASES = 12


def decided(left: sp.Expr, right: sp.Expr, known: Mapping[str, sp.Expr]) -> Verdict:
    """Whether two sides are equal, `known` saying what their names hold; slopes but for their kinks."""
    return but_for_kinks(_decided, left, right, known)


def _decided(left: sp.Expr, right: sp.Expr, known: Mapping[str, sp.Expr]) -> Verdict:
    cases = {case for expression in _reached(left - right, known) for case in expression.atoms(*SIGNED)}
    parts = _parts([*_terms(left, known), *(-term for term in _terms(right, known))], known)
    if max(len(cases), len(parts)) >= _MANY and len(parts) > 1:
        verdicts = [*_until(decide(sp.Add(*part), sp.Integer(0), definitions=known, noted=False) for part in parts)]
        if isinstance(verdicts[-1], Proved):
            return verdicts[-1]
    if len(cases) > _MOST_CASES:
        return Undecided(f"{len(cases)} parts of it have cases, which together are too many")
    return decide(left, right, definitions=known, noted=False)


def _until(verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
    """Verdicts up to the first that is no proof."""
    for verdict in verdicts:
        yield verdict
        if not isinstance(verdict, Proved):
            return


def _reached(expression: sp.Expr, known: Mapping[str, sp.Expr]) -> Iterator[sp.Expr]:
    """An expression, and what each name holds that it rests on."""
    return reached([expression], lambda one: [known[s.name] for s in one.free_symbols if s.name in known])


def _terms(expression: sp.Expr, known: Mapping[str, sp.Expr]) -> list[sp.Expr]:
    """The terms of a sum, of the sums that its names hold, and of those that are multiplied with something."""
    if expression.is_Symbol and expression.name in known:
        return _terms(known[expression.name], known)
    if expression.is_Add:
        return [term for part in expression.args for term in _terms(part, known)]
    for place, factor in enumerate(expression.args if expression.is_Mul else ()):
        terms = _terms(factor, known)
        if 1 < len(terms) <= _MOST_TERMS:
            others = sp.Mul(*(part for other, part in enumerate(expression.args) if other != place))
            return [others * term for term in terms]
    return [expression]


def _parts(terms: list[sp.Expr], known: Mapping[str, sp.Expr]) -> list[list[sp.Expr]]:
    """Terms that share what most of them do not have, together."""
    if len(terms) > _MOST_TERMS:
        return []
    below = [frozenset(symbol.name for part in _reached(term, known) for symbol in part.free_symbols)
             for term in terms]
    counted = Counter(name for own in below for name in own)
    for share in (_MANY, 2):
        rare = ({name for name in own if share * counted[name] <= len(terms)} for own in below)
        parts = meeting(terms, (own or {""} for own in rare))
        if len(parts) >= share:
            return parts
    return []
