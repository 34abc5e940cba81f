"""The mistake behind a wrong formula that the audit could not name: the wrong form of MISTAKES that it is equal to."""

from functools import cache

import sympy as sp

from derive.equality import Proved
from derive.equality.deciding import decide
from derive.errors import DeriveError
from derive.mistakes import Wrong
from derive.names import symbol
from derive.walkthrough import load_walkthrough
from sheets.building.layout import RATE
from sheets.cells import letters
from sheets.exercise.blanks import Blank
from sheets.exercise.place import RATE_CELL, Place
from sheets.exercise.separation import Questions
from sheets.formulas.recover import recover
from sheets.references import Reference, read_reference

UNNAMED = "differs from what belongs there"


def named(told: str, stands: str, blank: Blank, place: Place) -> str:
    """What the audit told; where it has no name for it, the mistake that makes the same formula."""
    if UNNAMED not in told or not stands.startswith("="):
        return told
    at = {column.letters: column.name for column in place.layout.columns}
    rate = read_reference(RATE_CELL)

    def cell(reference: Reference) -> sp.Expr:
        if (reference.row, reference.column) == (rate.row, rate.column):
            return symbol(RATE)
        return symbol(at[letters(reference.column)])

    try:
        formula = recover(stands, cell)
    except (DeriveError, KeyError):
        return told
    for wrong in _wrongs(place.exercise.walkthrough.name, blank):
        if isinstance(decide(formula, wrong.formula), Proved):
            return wrong.told
    return told


@cache
def _wrongs(walkthrough: str, blank: Blank) -> tuple[Wrong, ...]:
    try:
        network = load_walkthrough(walkthrough).network
    except DeriveError:  # a teacher's own file that is not here
        return ()
    return Questions.of(network, (blank,)).asked[0].wrongs
