"""Sides that differ for any number and are equal for those that a name has: y^2 x^2 = x^2 where y is 1 or -1."""

import string
from fractions import Fraction
from itertools import product

import sympy as sp
from msgspec.structs import replace

from derive.checking.evidence import Evidence
from derive.checking.evidence.question import Question
from derive.equality import Proved, Refuted
from derive.equality.deciding import decide
from derive.formulas.claims import REASONS
from derive.names import symbol

_MOST = 4
"""Of so many names at most all values are put in."""


def of_choices(question: Question) -> Evidence | None:
    """What is said of sides in which names have one of two values each: that they are equal for all of these, or at
    which they are not; nothing where the document tells no such values, or the claim is what tells them.
    """
    (a, b), told = question.worked, question.one.choices
    if not told or question.one.claim.before in REASONS:
        return None
    closed = question.graph.closure((a, b))
    free = {s.name for side in (a, b, *closed.values()) for s in side.free_symbols}
    values = {name: told[_base(name)] for name in sorted(free) if _base(name) in told}
    if not 0 < len(values) <= _MOST:
        return None
    for chosen in product(*values.values()):
        put = {symbol(name): sp.Integer(value) for name, value in zip(values, chosen, strict=True)}
        definitions = {name: body.xreplace(put) for name, body in closed.items()}
        positive = question.one.signs.positive
        found = decide(a.xreplace(put), b.xreplace(put), definitions=definitions, positive=positive)
        if isinstance(found, Refuted):
            witness = (*((name.name, Fraction(int(value))) for name, value in put.items()), *found.witness)
            sides = found.left, found.right
            return Evidence("refuted", found.reason, question.equation, witness, question.below, *sides)
        if not isinstance(found, Proved):
            return question.said("undecided", found.reason)
    said = " and ".join(f"{name} is {' or '.join(map(str, several))}" for name, several in values.items())
    return replace(question.said("proved", f"since {said}", "condition"), support=question.below)


def _base(name: str) -> str:
    """A name without its numbers and indices: y for y_1."""
    return name.rstrip(string.digits).partition("_")[0]
