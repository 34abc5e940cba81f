"""Whether two steps of a program have the same normal form, case by case of the signs that matter."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from derive.equality import regions
from derive.equality.boundaries import points_in, solved
from derive.equality.domains import domain_note
from derive.equality.forms import UNIT, Form, Key
from derive.equality.polynomials import Polynomial, Work
from derive.equality.program import OutOfReachError, Program
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


@dataclass(frozen=True)
class Comparison:
    """The outcome; for SAME the common form as text and a note on domains; `points` lie in a case that was met.

    `region` names the case of signs in which the forms differ.
    """

    outcome: Outcome
    form: str = ""
    note: str = ""
    region: str = ""
    points: tuple[Mapping[str, Fraction], ...] = ()


def compare(program: Program, left: int, right: int, atoms: Collection[str], positive: Collection[str]) -> Comparison:
    """SAME where the difference is zero in every case of signs in which both sides are defined."""
    subject = _Subject(program, left, right, atoms, positive)
    nested = _nesting(subject)
    if nested > _MOST_NESTED:
        raise OutOfReachError(f"functions nested {nested:,} deep, more than {_MOST_NESTED}")
    finer: dict[object, int] = {}
    for _ in range(_MOST_RESTARTS):
        try:
            return _compare_cases(subject, finer)
        except FinerBasisError as fault:
            finer[fault.entry] = finer.get(fault.entry, 1) * fault.times
    raise OutOfReachError(f"exponents in more than {_MOST_RESTARTS} fractions of each other")


class _Subject:
    """What is compared: two steps of a program, with some names as atoms."""

    def __init__(self, program: Program, left: int, right: int, atoms: Collection[str],
                 positive: Collection[str]) -> None:
        self.program, self.left, self.right, self.atoms, self.positive = program, left, right, atoms, positive
        self.places = program.visible(atoms, left, right)
        self.always = program.unconditional(atoms, left, right)
        self.names = program.names(self.places, atoms)
        self.work = Work()


def _nesting(subject: _Subject) -> int:
    """How deep exponentials, logarithms, angles and cases stand within each other."""
    depths: dict[int, int] = {}
    for place in subject.places:
        step = subject.program.steps[place]
        depths[place] = max((depths.get(part, 0) for part in step.parts), default=0) + (step.operation in _NESTING)
    return max(depths.values())


def _compare_cases(subject: _Subject, finer: Mapping[object, int]) -> Comparison:
    open_cases = [Case({}, {}, finer)]
    same: tuple[Tower, dict[int, Any]] | None = None
    different: list[Tower] = []
    seen = 0
    while open_cases:
        case = open_cases.pop()
        seen += 1
        if seen > _MOST_CASES:
            raise OutOfReachError(f"more than {_MOST_CASES} cases of signs")
        tower = Tower(subject.names, subject.positive, case, subject.work)
        try:
            forms = evaluate(tower, subject)
        except SignNeededError as fault:
            open_cases += [smaller for choice in fault.choices
                           if (smaller := _with_sign(tower, case, fault.factor, choice))]
            continue
        if forms is None:
            continue
        difference = tower.add(forms[subject.left], tower.negative(forms[subject.right]))
        if tower.vanishes(difference):
            if same is None or 0 in same[0].case.signs.values():
                same = tower, forms  # domains are told of a case that is no boundary, where there is one
            continue
        different.append(tower)
        if len(different) >= _MOST_NAMED:
            break
    if different:
        return Comparison(Outcome.NOT_SAME, region=_region(different[0]), points=points_in(different))
    if same is None:
        return Comparison(Outcome.NOWHERE)
    tower, forms = same
    note = domain_note(tower, subject.program, subject.always, forms, subject.left, subject.right, subject.atoms)
    return Comparison(Outcome.SAME, form=form_text(tower, forms[subject.left]) if seen == 1 else "", note=note,
                      points=points_in([tower]))


def _with_sign(tower: Tower, case: Case, factor: Polynomial, sign: int) -> Case | None:
    """The case with one more sign; None where it cannot be. On a boundary a name is expressed in the others."""
    signs: dict[Key, int] = {**case.signs, frozenset(factor.items()): sign}
    if regions.sample(signs, tower.place_is_positive) is None:
        return None
    bound = solved(tower, factor) if sign == 0 else {}
    if bound:
        signs = {key: sign for key, sign in signs.items() if all(tower.in_names(m) for m, _ in key)}
    return Case(signs, {**case.bound, **bound}, case.finer)


def _region(tower: Tower) -> str:
    signs = {2: "≥ 0", 1: "> 0", 0: "= 0", -1: "< 0", -2: "≤ 0"}
    parts = [f"{polynomial_text(tower, dict(key))} {signs[sign]}" for key, sign in tower.case.signs.items()]
    return " and ".join(parts) if len(parts) <= _MOST_NAMED and sum(map(len, parts)) < 100 else ""


def evaluate(tower: Tower, subject: _Subject) -> dict[int, Any] | None:
    """The normal form of each step that is needed (a truth value for a test), None for one undefined in this case.

    None for all as soon as a side is undefined. Of a choice only the branch that the case takes is looked at.
    """
    forms: dict[int, Any] = {}
    waiting = [subject.right, subject.left]
    while waiting:
        place = waiting[-1]
        missing = [] if place in forms else _missing(subject, forms, place)
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if place not in forms:
            forms[place] = _evaluate_step(tower, subject, forms, place)
            if forms[place] is None and place in subject.always:
                return None
    return forms


def _missing(subject: _Subject, forms: Mapping[int, Any], place: int) -> list[int]:
    """What a step still needs: of a choice first the test, then the branch taken; of a conjunction the next test."""
    step = subject.program.steps[place]
    if step.operation == "node" and step.value in subject.atoms:
        return []
    if step.operation == "case":
        test, then, otherwise = step.parts
        if test not in forms:
            return [test]
        chosen = [] if forms[test] is None else [then if forms[test] else otherwise]
        return [part for part in chosen if part not in forms]
    missing = [part for part in step.parts if part not in forms]
    if step.operation in ("and", "or"):
        decided = any(forms.get(part) is (step.operation == "or") for part in step.parts)
        return [] if decided else missing[:1]
    return missing[::-1]


def _evaluate_step(tower: Tower, subject: _Subject, forms: Mapping[int, Any], place: int) -> Any:
    step = subject.program.steps[place]
    parts = step.parts
    if step.operation == "name" or (step.operation == "node" and step.value in subject.atoms):
        return tower.name(str(step.value))
    if step.operation == "constant":
        return tower.constant(Fraction(step.value or 0))
    if step.operation == "case":
        test = forms[parts[0]]
        return None if test is None else forms[parts[1] if test else parts[2]]
    if step.operation in ("and", "or"):
        tests = [forms.get(part) for part in parts]
        decisive = step.operation == "or"
        return decisive if decisive in tests else None if None in tests else not decisive
    if any(forms[part] is None for part in parts):
        return None
    if step.operation == "power":
        return _power(tower, subject, forms, place)
    if step.operation not in _FORMS:
        raise OutOfReachError(f"no normal form for {step.operation}")
    return _FORMS[step.operation](tower, [forms[part] for part in parts])


def _power(tower: Tower, subject: _Subject, forms: Mapping[int, Any], place: int) -> Form | None:
    base, exponent = subject.program.steps[place].parts
    times = forms[exponent]
    if times.factors or any(times.top) or times.below != 1:
        return tower.real_power(forms[base], times, place in subject.always)
    whole = times.top.get(0, 0)
    step = subject.program.steps[base]
    if step.operation != "mul":
        return tower.power(forms[base], whole)
    powers = [tower.power(forms[part], whole) for part in step.parts]
    defined = [power for power in powers if power is not None]
    return tower.multiply(*defined) if len(defined) == len(powers) else None


def _is_zero(tower: Tower, parts: list[Any]) -> bool | None:
    sign = tower.sign(parts[0])
    return None if sign is None else sign == 0


_FORMS: dict[str, Callable[[Tower, list[Any]], Any]] = {
    "add": lambda tower, parts: tower.add(*parts),
    "mul": lambda tower, parts: tower.multiply(*parts),
    "exp": lambda tower, parts: tower.exponential(parts[0]),
    "log": lambda tower, parts: tower.logarithm(parts[0]),
    "cos": lambda tower, parts: tower.circular(parts[0])[0],
    "sin": lambda tower, parts: tower.circular(parts[0])[1],
    "e": lambda tower, parts: tower.exponential(UNIT),
    "pi": lambda tower, parts: tower.pi(),
    "node": lambda tower, parts: parts[0],
    "positive": lambda tower, parts: tower.exceeds_zero(parts[0]),
    "zero": _is_zero,
    "not": lambda tower, parts: not parts[0],
    "true": lambda tower, parts: True,
    "undefined": lambda tower, parts: None,
}
