"""Whether two steps of a program have the same normal form, case by case of the signs that matter."""

from collections.abc import Callable, Collection, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

from derive.equality.forms import UNIT, Field, FinerBasis, Form, Key, SignNeeded
from derive.equality.polynomials import Work
from derive.equality.program import OutOfReach, Program

_MOST_CASES = 300
_MOST_RESTARTS = 40


class Outcome(Enum):
    """What the normal forms say."""

    SAME = "same"
    NOT_SAME = "not the same"
    NOWHERE = "nowhere defined"


def compare(program: Program, left: int, right: int, atoms: Collection[str], positive: Collection[str]) -> Outcome:
    """SAME where the difference is zero in every case of signs in which both sides are defined."""
    places = _places(program, left, right, atoms)
    finer: dict[object, int] = {}
    work = Work()
    for _ in range(_MOST_RESTARTS):
        try:
            return _compare_cases(program, places, left, right, atoms, positive, finer, work)
        except FinerBasis as fault:
            finer[fault.entry] = finer.get(fault.entry, 1) * fault.times
    raise OutOfReach(f"exponents in more than {_MOST_RESTARTS} fractions of each other")


def _places(program: Program, left: int, right: int, atoms: Collection[str]) -> Sequence[int]:
    wanted = {left, right}
    for place in range(max(left, right), -1, -1):
        step = program.steps[place]
        if place in wanted and not (step.operation == "node" and step.value in atoms):
            wanted.update(step.parts)
    return sorted(wanted)


def _compare_cases(program: Program, places: Sequence[int], left: int, right: int, atoms: Collection[str],
                   positive: Collection[str], finer: dict[object, int], work: Work) -> Outcome:
    open_cases: list[dict[Key, int]] = [{}]
    outcome = Outcome.NOWHERE
    seen = 0
    while open_cases:
        signs = open_cases.pop()
        seen += 1
        if seen > _MOST_CASES:
            raise OutOfReach(f"more than {_MOST_CASES} cases of signs")
        field = Field(positive, signs, finer, work)
        try:
            forms = evaluate(field, program, places, atoms)
        except SignNeeded as fault:
            key = frozenset(fault.factor.items())
            open_cases += [{**signs, key: choice} for choice in fault.choices]
            continue
        one, other = forms[left], forms[right]
        if one is None or other is None:
            continue
        if not field.vanishes(field.add([one, field.multiply([field.constant(Fraction(-1)), other])])):
            return Outcome.NOT_SAME
        outcome = Outcome.SAME
    return outcome


def evaluate(field: Field, program: Program, places: Sequence[int], atoms: Collection[str]) -> dict[int, Any]:
    """The normal form of each step (a truth value for a test), None where it is undefined in this case."""
    forms: dict[int, Any] = {}
    for place in places:
        step = program.steps[place]
        parts = step.parts
        if step.operation == "name" or (step.operation == "node" and step.value in atoms):
            forms[place] = field.name(str(step.value))
        elif step.operation == "constant":
            forms[place] = field.constant(Fraction(step.value or 0))
        elif step.operation == "case":
            test = forms[parts[0]]
            forms[place] = None if test is None else forms[parts[1]] if test else forms[parts[2]]
        elif any(forms[part] is None for part in parts):
            forms[place] = None
        elif step.operation == "power":
            forms[place] = _power(field, program, forms, *parts)
        elif step.operation in _FORMS:
            forms[place] = _FORMS[step.operation](field, [forms[part] for part in parts])
        else:
            raise OutOfReach(f"no normal form for {step.operation}")
    return forms


def _power(field: Field, program: Program, forms: dict[int, Any], base: int, exponent: int) -> Form | None:
    times = forms[exponent]
    if times.factors or any(times.top) or times.below != 1:
        return field.real_power(forms[base], times)
    whole = times.top.get(0, 0)
    step = program.steps[base]
    if step.operation != "mul":
        return field.power(forms[base], whole)
    powers = [field.power(forms[part], whole) for part in step.parts]
    defined = [power for power in powers if power is not None]
    return field.multiply(defined) if len(defined) == len(powers) else None


_FORMS: dict[str, Callable[[Field, list[Any]], Any]] = {
    "add": lambda field, parts: field.add(parts),
    "mul": lambda field, parts: field.multiply(parts),
    "exp": lambda field, parts: field.exponential(parts[0]),
    "log": lambda field, parts: field.logarithm(parts[0]),
    "e": lambda field, parts: field.exponential(UNIT),
    "node": lambda field, parts: parts[0],
    "positive": lambda field, parts: None if (sign := field.sign(parts[0])) is None else sign == 1,
    "zero": lambda field, parts: None if (sign := field.sign(parts[0])) is None else sign == 0,
    "not": lambda field, parts: not parts[0],
    "and": lambda field, parts: all(parts),
    "or": lambda field, parts: any(parts),
    "true": lambda field, parts: True,
    "undefined": lambda field, parts: None,
}
