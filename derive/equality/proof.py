"""Whether two steps of a program have the same normal form, case by case of the signs that matter."""

from collections.abc import Collection, Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive.equality.boundaries import points_in
from derive.equality.cases import Subject, evaluate, with_sign
from derive.equality.domains import UNTOLD, domain_note
from derive.equality.guards import OutOfReachError
from derive.equality.program import Program
from derive.equality.signs import Case, SignNeededError
from derive.equality.tower import FinerBasisError, Tower
from derive.equality.wording import form_text, polynomial_text

_MOST_CASES = 600
_MOST_RESTARTS = 40
_MOST_NAMED = 3
_MOST_NESTED = 50
_NESTING = frozenset({"exp", "log", "sin", "cos", "case"})


class Outcome(Enum):
    """What the normal forms say."""

    SAME = "same"
    NOT_SAME = "not the same"
    NOWHERE = "nowhere defined"


class Comparison(Struct, frozen=True):
    """The outcome; for SAME the common form as text and a note on domains; `points` lie in a case that was met.

    `region` names the case of signs in which the forms differ.
    """

    outcome: Outcome
    form: str = ""
    note: str = ""
    region: str = ""
    points: tuple[Mapping[str, Fraction], ...] = ()


def compare(
    program: Program, left: int, right: int, atoms: Collection[str], positive: Collection[str], noted: bool = True
) -> Comparison:
    """SAME where the difference is zero in every case of signs in which both sides are defined."""
    subject = Subject(program, left, right, atoms, positive)
    nested = _nesting(subject)
    if nested > _MOST_NESTED:
        raise OutOfReachError(f"functions nested {nested:,} deep, more than {_MOST_NESTED}")
    finer: dict[object, int] = {}
    for _ in range(_MOST_RESTARTS):
        try:
            found = _compare_cases(subject, finer)
            is_noted = noted and found.outcome is Outcome.SAME
            return replace(found, note=_note(subject, finer)) if is_noted else found
        except FinerBasisError as fault:
            finer[fault.entry] = finer.get(fault.entry, 1) * fault.times
    raise OutOfReachError(f"exponents in more than {_MOST_RESTARTS} fractions of each other")


def _note(subject: Subject, finer: Mapping[object, int]) -> str:
    """The note on domains, in names that are leaves where that can be told."""
    note = domain_note(subject, finer)
    if not note or not subject.atoms:
        return note
    leaves = Subject(subject.program, subject.left, subject.right, (), subject.positive)
    deeper = domain_note(leaves, finer)
    return note if deeper == UNTOLD else deeper


def _nesting(subject: Subject) -> int:
    """How deep exponentials, logarithms, angles and cases stand within each other."""
    depths: dict[int, int] = {}
    for place in subject.places:
        step = subject.program.steps[place]
        depths[place] = max((depths.get(part, 0) for part in step.parts), default=0) + (step.operation in _NESTING)
    return max(depths.values())


def _compare_cases(subject: Subject, finer: Mapping[object, int]) -> Comparison:
    open_cases = [Case({}, {}, finer)]
    same: list[tuple[Tower, dict[int, Any]]] = []
    different: list[Tower] = []
    seen = 0
    while open_cases:
        case = open_cases.pop()
        seen += 1
        if seen > _MOST_CASES:
            raise OutOfReachError(f"more than {_MOST_CASES} cases of signs")
        tower = Tower(subject.names, subject.positive, case, subject.work)
        try:
            forms = evaluate(tower, subject, (subject.left, subject.right))
        except SignNeededError as fault:
            open_cases += [
                smaller for choice in fault.choices if (smaller := with_sign(tower, case, fault.factor, choice))
            ]
            continue
        if forms is None:
            continue
        difference = tower.add(forms[subject.left], tower.negative(forms[subject.right]))
        if tower.vanishes(difference):
            same = same if len(same) == _MOST_NAMED else [*same, (tower, forms)]
            continue
        different.append(tower)
        if len(different) >= _MOST_NAMED:
            break
    if different:
        return Comparison(Outcome.NOT_SAME, region=_region(different[0]), points=points_in(different))
    if not same:
        return Comparison(Outcome.NOWHERE)
    tower, forms = same[0]
    form = form_text(tower, forms[subject.left]) if seen == 1 else ""
    return Comparison(Outcome.SAME, form=form, points=points_in(tower for tower, _ in same))


def _region(tower: Tower) -> str:
    signs = {2: "≥ 0", 1: "> 0", 0: "= 0", -1: "< 0", -2: "≤ 0"}
    parts = [f"{polynomial_text(tower, dict(key))} {signs[sign]}" for key, sign in tower.case.signs.items()]
    return " and ".join(parts) if len(parts) <= _MOST_NAMED and sum(map(len, parts)) < 100 else ""
