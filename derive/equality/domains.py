"""Where the two sides of a proof are defined, and what is said where that differs."""

from collections.abc import Collection, Mapping
from typing import Any

from derive.equality import polynomials as poly
from derive.equality.program import Program
from derive.equality.tower import Tower
from derive.equality.wording import polynomial_text

Need = tuple[str, int, frozenset[int]]
"""A relation (`≠`, `>` or `≥` 0), the sign of the product of factors that obeys it, and their numbers."""

_MOST_NOTED = 3


def domain_note(tower: Tower, program: Program, always: Collection[int], forms: Mapping[int, Any], left: int,
                right: int, atoms: Collection[str]) -> str:
    """`the left side is undefined where x = 0`, for every need that only one side has; "" where there is none."""
    needs = [_needs(tower, program, always, forms, side, atoms) for side in (left, right)]
    notes = []
    for side, own, other in (("left", needs[0], needs[1]), ("right", needs[1], needs[0])):
        only = [need for need in own if not any(_implies(stronger, need) for stronger in other)]
        texts = sorted({_text(tower, need) for need in only})
        texts = [text for text in texts if len(text) < 80]
        if texts:
            more = f" and {len(texts) - _MOST_NOTED} conditions more" if len(texts) > _MOST_NOTED else ""
            notes.append(f"the {side} side is defined only where {' and '.join(texts[:_MOST_NOTED])}{more}")
    return "; ".join(notes)


def _needs(tower: Tower, program: Program, always: Collection[int], forms: Mapping[int, Any], side: int,
           atoms: Collection[str]) -> list[Need]:
    """What a side's steps need to be defined, apart from what always holds."""
    needs: list[Need] = []
    for place in program.visible(atoms, side):
        step = program.steps[place]
        if place not in always or step.operation not in ("power", "log") or step.parts[0] not in forms:
            continue
        base = forms[step.parts[0]]
        if step.operation == "log":
            needs += _need(tower, base, ">")
            continue
        exponent = forms[step.parts[1]]
        whole = not exponent.factors and not any(exponent.top) and exponent.below == 1
        falling = not exponent.factors and not any(exponent.top) and exponent.top.get(0, 0) < 0
        if whole and falling:
            needs += _need(tower, base, "≠")
        elif not whole:
            needs += _need(tower, base, ">" if falling or any(exponent.top) else "≥")
    return needs


def _need(tower: Tower, form: Any, relation: str) -> list[Need]:
    if not form.top:
        return []
    factors = {n: times for n, times in tower.factorization(form).items() if not tower.is_positive(tower.factors[n])}
    apart = [("≠", 1, frozenset({number})) for number, times in factors.items() if relation == "≠" or times % 2 == 0]
    if relation == "≠":
        return apart
    odd = frozenset(number for number, times in factors.items() if times % 2)
    sign = 1 if form.top[min(form.top)] > 0 else -1
    return (apart if relation == ">" else []) + ([(relation, sign, odd)] if odd else [])


def _implies(stronger: Need, need: Need) -> bool:
    relation, sign, factors = need
    if relation == "≠":
        return stronger[0] in "≠>" and factors <= stronger[2]
    return stronger[1:] == (sign, factors) and (stronger[0] == relation or stronger[0] == ">")


def _text(tower: Tower, need: Need) -> str:
    relation, sign, factors = need
    pieces = [polynomial_text(tower, tower.factors[number]) for number in sorted(factors)]
    for k, number in enumerate(sorted(factors)):
        if pieces[k].startswith("-"):
            pieces[k] = polynomial_text(tower, poly.scale(tower.factors[number], -1))
            sign = -sign
    pieces.sort()
    product = pieces[0] if len(pieces) == 1 else "*".join(f"({piece})" if " " in piece else piece for piece in pieces)
    if sign < 0:
        relation = {">": "<", "≥": "≤"}.get(relation, relation)
    return f"{product} {relation} 0"
