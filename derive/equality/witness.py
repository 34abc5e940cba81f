"""The points at which a difference is looked for, the readable ones first, and how two values there are written."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from mpmath.libmp import libmpf

from derive.equality import values
from derive.equality.program import Program
from derive.equality.wording import step_text

Point = dict[str, Fraction]

_SHIFTS = 3
_MOST_SIGNS = 3
_PRECISION = 120
_UNTRUSTED_BITS = 24
_LARGEST_WRITTEN = 4096
_LOG_2 = 30102999566398119521  # log10(2) in units of 10^-20
_SMALL = [
    Fraction(*pair)
    for pair in (
        (1, 2),
        (1, 3),
        (2, 3),
        (1, 4),
        (3, 4),
        (1, 5),
        (2, 5),
        (3, 5),
        (4, 5),
        (1, 6),
        (5, 6),
        (1, 7),
        (2, 7),
        (3, 7),
        (4, 7),
        (5, 7),
        (6, 7),
        (1, 8),
        (3, 8),
        (5, 8),
        (7, 8),
        (1, 9),
        (2, 9),
        (4, 9),
        (5, 9),
        (7, 9),
        (8, 9),
        (1, 10),
        (3, 10),
        (7, 10),
        (9, 10),
    )
]
_LISTS = (
    _SMALL,
    [Fraction(n) for n in (2, 3, 5, 7, 4, 6, 8, 9)],
    [value * (-1) ** k for k, value in enumerate(_SMALL)],
    [-value * (-1) ** k for k, value in enumerate(_SMALL)],
    [-value for value in _SMALL],
    [1 + value for value in _SMALL],
    [-1 - value for value in _SMALL],
    [Fraction(n) for n in (1, 2, 1, 3)],
    [Fraction(-n) for n in (2, 3, 5, 7, 4, 6, 8, 9)],
    [Fraction(n) for n in (1, -1)],
    [Fraction(n) for n in (-1, 1)],
    [Fraction(0)],
    [Fraction(1)],
    [Fraction(n) for n in (10, 11, 13, 17)],
    [Fraction(-n) for n in (10, 11, 13, 17)],
    [Fraction(1, n) for n in (100, 101, 103)],
    [Fraction(n) for n in (1001, 1003)],
    [Fraction(-n) for n in (1001, 1003)],
)


def points(names: Sequence[str], start: Mapping[str, Fraction], positive: Collection[str]) -> Iterator[Point]:
    """Points to look at: the start values, then small fractions, then whole numbers of either sign."""
    first = completed(start, names, positive)
    if first is not None:
        yield first
    for shift in range(_SHIFTS):
        for row in _LISTS:
            point = {name: row[(k + shift) % len(row)] for k, name in enumerate(names)}
            if all(point[name] > 0 for name in positive if name in point):
                yield point


def completed(point: Mapping[str, Fraction], names: Sequence[str], positive: Collection[str]) -> Point | None:
    """A point with small fractions for the names that it lacks; None where it knows none of the names or breaks one."""
    if not any(name in point for name in names):
        return None
    fill = iter(_SMALL * (1 + len(names) // len(_SMALL)))
    whole = {name: point[name] if name in point else next(fill) for name in names}
    return None if any(whole[name] <= 0 for name in positive if name in whole) else whole


def unwieldiness(point: Point) -> int:
    """How many digits it takes to write a point down, fractions counting more."""
    return sum(len(str(value.numerator)) + 2 * len(str(value.denominator)) for value in point.values())


def values_apart(
    program: Program, places: Sequence[int], left: int, right: int, point: Point, precision: int
) -> tuple[str, str, str] | None:
    """The two sides' values as text where they provably differ at a point, and the region that it lies in.

    None where they are not known to differ.
    """
    found = values.intervals(program, places, point, precision)
    one, other = found[left], found[right]
    if one is None or other is None or not _apart(one, other, precision):
        return None
    for digits in range(10, precision // 3 + 12, 4):
        low, high = _ends(one, digits), _ends(other, digits)
        if low[1] < high[0] or high[1] < low[0]:
            return _text(low), _text(high), _region(program, places, found)
    return None


def _region(program: Program, places: Sequence[int], found: Mapping[int, values.Interval]) -> str:
    """The signs that choose among cases at a point: `x + 1 < 0`; "" where none does, or too many."""
    signs = []
    for place in places:
        step = program.steps[place]
        if step.operation in ("positive", "rising", "zero"):
            text, sign = step_text(program, step.parts[0]), values.sign(found[step.parts[0]])
            if text.startswith("-(") and sign is not None:
                text, sign = text[2:-1], -sign
            if text and sign is not None:
                signs.append(f"{text} {'<=>'[sign + 1]} 0")
    signs = list(dict.fromkeys(signs))
    return " and ".join(signs) if len(signs) <= _MOST_SIGNS else ""


def defined_at(program: Program, places: Sequence[int], left: int, right: int, point: Point) -> bool | None:
    """Whether both sides have a value at a point (None where it has two that differ, which no proof survives)."""
    found = values.intervals(program, places, point, _PRECISION)
    if found[left] is None or found[right] is None:
        return False
    return None if _apart(found[left], found[right], _PRECISION) else True


def _apart(one: values.Interval, other: values.Interval, precision: int) -> bool:
    """Whether two intervals do not touch, by more than the last bits, which rounding is not trusted with."""
    for low, high in ((one, other), (other, one)):
        gap = libmpf.mpf_sub(high[0], low[1], precision, libmpf.round_floor)
        trusted = (libmpf.mpf_shift(libmpf.mpf_abs(end), _UNTRUSTED_BITS - precision) for end in (*low, *high))
        if all(libmpf.mpf_gt(gap, margin) for margin in trusted):
            return True
    return False


def _ends(interval: values.Interval, digits: int) -> tuple[Decimal, Decimal]:
    """An interval's ends, rounded outwards to a number of digits (to a power of ten where they are beyond 2^±4096)."""
    ends = []
    for end, rounding in zip(interval, (ROUND_FLOOR, ROUND_CEILING), strict=True):
        negative, mantissa, exponent, bits = end
        if abs(exponent + bits) > _LARGEST_WRITTEN and mantissa:
            outwards = (rounding == ROUND_CEILING) != bool(negative)
            power = (exponent + bits) * _LOG_2 // 10**20 + (2 if outwards else -2)
            ends.append(Decimal((negative, (1,), power)))
            continue
        context = Context(prec=digits, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN)
        numerator, denominator = libmpf.to_rational(end)
        ends.append(context.divide(Decimal(int(numerator)), Decimal(int(denominator))))
    return ends[0], ends[1]


def _text(ends: tuple[Decimal, Decimal]) -> str:
    low, high = (_number(end) for end in ends)
    return low if low == high else f"[{low}, {high}]"


def _number(value: Decimal) -> str:
    if not value:
        return "0"
    value = value.normalize(Context(prec=10_000, Emax=MAX_EMAX, Emin=MIN_EMIN))
    return f"{value:f}" if -7 <= value.adjusted() <= 20 else f"{value:e}"
