"""The normal forms of a program's steps in one case of signs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.equality import regions
from derive.equality.boundaries import solved
from derive.equality.forms import UNIT, Form, Key
from derive.equality.guards import OutOfReachError
from derive.equality.polynomials import Polynomial, Work
from derive.equality.program import Program
from derive.equality.signs import Case
from derive.equality.tower import Tower


class Subject:
    """What is compared: two steps of a program, with some names as atoms."""

    def __init__(
        self, program: Program, left: int, right: int, atoms: Collection[str], positive: Collection[str]
    ) -> None:
        self.program, self.left, self.right, self.atoms, self.positive = program, left, right, atoms, positive
        self.places = program.visible(atoms, left, right)
        self.always = program.unconditional(atoms, left, right)
        self.names = program.names(self.places, atoms)
        self.work = Work()


def with_sign(tower: Tower, case: Case, factor: Polynomial, sign: int) -> Case | None:
    """The case with one more sign; None where it cannot be. On a boundary a name is expressed in the others."""
    signs: dict[Key, int] = {**case.signs, frozenset(factor.items()): sign}
    if regions.sample(signs, tower.place_is_positive) is None:
        return None
    bound = solved(tower, factor) if sign == 0 else {}
    if bound:
        signs = {key: sign for key, sign in signs.items() if all(tower.in_names(m) for m, _ in key)}
    return Case(signs, {**case.bound, **bound}, case.finer)


def evaluate(
    tower: Tower, subject: Subject, roots: Sequence[int], careful: bool = False, found: dict[int, Any] | None = None
) -> dict[int, Any] | None:
    """The normal form of each step that is needed (a truth value for a test), None for one undefined in this case.

    None for all as soon as a root is undefined. Of a choice only the branch that the case takes is looked at. A
    careful look asks of everything below a fraction's line whether it is zero. `found` is filled with what was found.
    """
    forms: dict[int, Any] = {} if found is None else found
    waiting = list(reversed(roots))
    while waiting:
        place = waiting[-1]
        missing = [] if place in forms else _missing(subject, forms, place)
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if place not in forms:
            forms[place] = _evaluate_step(tower, subject, forms, place, careful)
            if forms[place] is None and place in subject.always:
                return None
    return forms


def _missing(subject: Subject, forms: Mapping[int, Any], place: int) -> list[int]:
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


def _evaluate_step(tower: Tower, subject: Subject, forms: Mapping[int, Any], place: int, careful: bool) -> Any:
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
        divides = careful and not any(forms[parts[1]].top) and forms[parts[1]].top.get(0, 0) < 0
        if divides and not tower.is_clear(forms[parts[0]]) and tower.sign(forms[parts[0]]) in (0, None):
            return None
        return _power(tower, subject, forms, place)
    if step.operation not in _FORMS:
        raise OutOfReachError(f"no normal form for {step.operation}")
    return _FORMS[step.operation](tower, [forms[part] for part in parts])


def _power(tower: Tower, subject: Subject, forms: Mapping[int, Any], place: int) -> Form | None:
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
    "rising": lambda tower, parts: tower.exceeds_zero(parts[0], either_at_zero=True),
    "zero": _is_zero,
    "not": lambda tower, parts: not parts[0],
    "true": lambda tower, parts: True,
    "undefined": lambda tower, parts: None,
}
