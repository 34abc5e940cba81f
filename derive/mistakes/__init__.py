"""Wrong formulas as people write them: each made from the right one by one named mistake, and decided to be wrong.

What an edit happens to leave equal to the right formula is no mistake and is not given. `derive.checking.slips` goes
the other way, from a wrong formula to its likeliest slip.
"""

import sympy as sp
from msgspec import Struct

from derive.equality import Refuted
from derive.equality.deciding import decide
from derive.mistakes.edits import MISTAKES
from derive.mistakes.subject import Subject, formula_subject, gradient_subject, siblings
from derive.text import as_text

__all__ = ["MISTAKES", "Subject", "Wrong", "formula_subject", "gradient_subject", "siblings", "wrong_forms"]


class Wrong(Struct, frozen=True):
    """A wrong formula: the row of MISTAKES that made it, and what is wrong in words."""

    mistake: str
    told: str
    formula: sp.Expr


def wrong_forms(subject: Subject) -> tuple[Wrong, ...]:
    """Every wrong formula that a row of MISTAKES makes of the right one, each once, each refuted by `decide`.

    Two that are equal to each other may both be given; the first row that makes a formula names it.
    """
    seen = {as_text(subject.formula)}
    found = []
    for name, mistake in MISTAKES.items():
        for told, formula in mistake.edits(subject):
            written = as_text(formula)
            if written in seen:
                continue
            seen.add(written)
            verdict = decide(subject.formula, formula, definitions=subject.network.definitions)
            if isinstance(verdict, Refuted):
                found.append(Wrong(name, told, formula))
    return tuple(found)
