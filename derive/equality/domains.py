"""Where only one of two sides is defined, case by case of the signs on which that depends."""

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction

from derive.equality.cases import Subject, evaluate, with_sign
from derive.equality.forms import Key
from derive.equality.guards import OutOfReachError
from derive.equality.polynomials import Work, scale
from derive.equality.signs import Case, SignNeededError
from derive.equality.tower import FinerBasisError, Tower
from derive.equality.wording import polynomial_text

UNTOLD = "the two sides may be defined at different points"

_MOST_CASES = 90
_MOST_TERMS = 3
_LONGEST = 120
_SIGNS = {-2: {-1, 0}, -1: {-1}, 0: {0}, 1: {1}, 2: {0, 1}}
_RELATIONS = {
    frozenset({-1}): "< 0",
    frozenset({0}): "= 0",
    frozenset({1}): "> 0",
    frozenset({-1, 0}): "≤ 0",
    frozenset({0, 1}): "≥ 0",
    frozenset({-1, 1}): "≠ 0",
}
Region = dict[str, frozenset[int]]
"""What is assumed of polynomials, as text: the signs that each may have."""


class Defined(Enum):
    """Whether a side has a value in a case."""

    NO = "nowhere"
    WHOLE = "where exponents of negative numbers are whole numbers"
    YES = "everywhere"


def domain_note(subject: Subject, finer: Mapping[object, int]) -> str:
    """`only the left side is defined where x < 0`, for all cases in which that differs; "" where there are none.

    UNTOLD where the cases are too many.
    """
    if _is_total(subject):
        return ""
    work = Work()
    apart: dict[tuple[Defined, Defined], list[Region]] = {}
    open_cases = [Case({}, {}, finer)]
    seen = 0
    while open_cases:
        case = open_cases.pop()
        seen += 1
        if seen > _MOST_CASES:
            return UNTOLD
        tower = Tower(subject.names, subject.positive, case, work)
        try:
            states = _defined(tower, subject, subject.left), _defined(tower, subject, subject.right)
        except SignNeededError as need:
            smaller = (with_sign(tower, case, need.factor, choice) for choice in need.choices)
            open_cases += [one for one in smaller if one]
            continue
        except (OutOfReachError, FinerBasisError):
            return UNTOLD
        if states[0] is not states[1]:
            apart.setdefault(states, []).append(_region(tower, case.signs))
    return "; ".join(_told(states, regions) for states, regions in apart.items())


def _is_total(subject: Subject) -> bool:
    """Whether nothing in the two sides could lack a value."""
    steps = subject.program.steps
    for place in subject.places:
        step = steps[place]
        if step.operation in ("log", "undefined"):
            return False
        if step.operation == "power":
            exponent = steps[step.parts[1]]
            value = exponent.value if exponent.operation == "constant" else None
            if not isinstance(value, Fraction) or value.denominator > 1 or value < 0:
                return False
    return True


def _defined(tower: Tower, subject: Subject, side: int) -> Defined:
    tower.at_whole_exponents = False
    forms = evaluate(tower, subject, [side], careful=True)
    if forms is None or forms[side] is None:
        return Defined.NO
    return Defined.WHOLE if tower.at_whole_exponents else Defined.YES


def _region(tower: Tower, signs: Mapping[Key, int]) -> Region:
    region: Region = {}
    for key, sign in signs.items():
        polynomial = dict(key)
        text = polynomial_text(tower, polynomial)
        if text.startswith("-"):
            text, sign = polynomial_text(tower, scale(polynomial, -1)), -sign
        region[text] = region.get(text, frozenset({-1, 0, 1})) & _SIGNS[sign]
    return region


def _told(states: tuple[Defined, Defined], regions: Iterable[Region]) -> str:
    side, other = ("left", "right") if states[1] is Defined.NO or states[0] is Defined.YES else ("right", "left")
    terms = sorted(filter(None, map(_text, _merged(list(regions)))))
    where = f"where {' or '.join(terms)}"
    if not terms or len(terms) > _MOST_TERMS or len(where) > _LONGEST:
        where = "at some points"
    if Defined.NO in states:
        return f"only the {side} side is defined {where}"
    return f"{where} the {other} side is defined only at whole exponents"


def _text(region: Region) -> str:
    return " and ".join(f"{text} {_RELATIONS[signs]}" for text, signs in sorted(region.items()))


def _merged(regions: list[Region]) -> list[Region]:
    """Regions that differ in the signs of one polynomial only, as one."""
    for place, one in enumerate(regions):
        for later, other in enumerate(regions[place + 1 :], place + 1):
            differing = [text for text in one if one[text] != other.get(text)]
            if one.keys() == other.keys() and len(differing) <= 1:
                merged = dict(one)
                for text in differing:
                    merged[text] = one[text] | other[text]
                    if len(merged[text]) == 3:
                        del merged[text]
                rest = [region for k, region in enumerate(regions) if k not in (place, later)]
                return _merged([*rest, merged])
    return regions
