"""The value of a program's steps at a rational point: in floating point to look, in intervals to be sure."""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mpmath.libmp import libmpf, libmpi

from derive.equality.program import Program

Interval = Any  # mpmath's own pair of raw floats, lower and upper
_LARGEST_EXPONENT = 1 << 20
_LARGEST_POWER = 1 << 64


def floats(
    program: Program, places: Sequence[int], point: Mapping[str, float], atoms: frozenset[str] = frozenset()
) -> dict[int, Any]:
    """The steps' values in floating point, None where one is undefined; names in `atoms` are not looked through."""
    values: dict[int, Any] = {}
    for place in places:
        step = program.steps[place]
        if step.operation == "name" or (step.operation == "node" and step.value in atoms):
            values[place] = point[str(step.value)]
        elif step.operation == "constant":
            values[place] = _as_float(step.value)
        else:
            parts = [values[part] for part in step.parts]
            try:
                undefined = None in parts and step.operation not in _TESTS
                values[place] = None if undefined else _FLOAT[step.operation](*parts)
            except (ValueError, OverflowError, ZeroDivisionError):
                values[place] = None
    return values


def _as_float(value: Any) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _float_power(base: float, exponent: float) -> float:
    if base < 0 and exponent != int(exponent):
        raise ValueError
    return math.pow(base, exponent)


def _float_case(test: bool | None, value: Any, other: Any) -> Any:
    return None if test is None else value if test else other


_FLOAT: dict[str, Callable[..., Any]] = {
    "add": lambda *parts: math.fsum(parts),
    "mul": lambda *parts: math.prod(parts),
    "power": _float_power,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "e": lambda: math.e,
    "pi": lambda: math.pi,
    "node": lambda value: value,
    "case": _float_case,
    "positive": lambda value: None if value is None else value > 0,
    "rising": lambda value: None if value is None else value > 0,
    "zero": lambda value: None if value is None else value == 0,
    "not": lambda test: None if test is None else not test,
    "and": lambda *tests: None if None in tests else all(tests),
    "or": lambda *tests: None if None in tests else any(tests),
    "true": lambda: True,
    "undefined": lambda: None,
}


class _UnknownError(Exception):
    """At this precision the value is undefined or cannot be told."""


def intervals(
    program: Program, places: Sequence[int], point: Mapping[str, Fraction], precision: int
) -> dict[int, Interval]:
    """Intervals that hold the steps' values, None where one is undefined or not known to be defined."""
    values: dict[int, Any] = {}
    for place in places:
        step = program.steps[place]
        if step.operation == "name":
            values[place] = number(point[str(step.value)], precision)
        elif step.operation == "constant":
            values[place] = number(Fraction(step.value or 0), precision)
        elif step.operation == "case" and program.steps[step.parts[0]].operation == "rising":
            values[place] = _either(*(values[part] for part in step.parts))
        elif step.operation in _TESTS:
            values[place] = _TESTS[step.operation](*[values[part] for part in step.parts])
        else:
            parts = [values[part] for part in step.parts]
            values[place] = None if None in parts else operate(step.operation, precision, *parts)
    return values


def _either(test: bool | None, value: Interval, other: Interval) -> Interval:
    """The branch that a test takes; both where that is not known, since where its quantity is zero they agree."""
    if test is not None or value is None or other is None:
        return _float_case(test, value, other)
    low = value[0] if libmpf.mpf_lt(value[0], other[0]) else other[0]
    return low, value[1] if libmpf.mpf_gt(value[1], other[1]) else other[1]


def operate(operation: str, precision: int, *parts: Interval) -> Interval | None:
    """An operation on intervals; None where it is undefined or not known to be defined."""
    try:
        return _INTERVAL[operation](precision, *parts)
    except (_UnknownError, ValueError, ZeroDivisionError, NotImplementedError):
        return None


def number(value: Fraction, precision: int) -> Interval:
    """A rational number as an interval."""
    return (
        libmpf.from_rational(value.numerator, value.denominator, precision, libmpf.round_floor),
        libmpf.from_rational(value.numerator, value.denominator, precision, libmpf.round_ceiling),
    )


def sign(interval: Interval) -> int | None:
    """1, 0 or -1; None where the interval holds values of more than one sign."""
    if interval is None:
        return None
    low, high = (libmpf.mpf_sign(end) for end in interval)
    return int(low) if low == high else None


def _sum(precision: int, *parts: Interval) -> Interval:
    total = libmpi.mpi_zero
    for part in parts:
        total = libmpi.mpi_add(total, part, precision)
    return total


def _product(precision: int, *parts: Interval) -> Interval:
    total = libmpi.mpi_one
    for part in parts:
        total = libmpi.mpi_mul(total, part, precision)
    return total


def _power(precision: int, base: Interval, exponent: Interval) -> Interval:
    low, high = exponent
    if low == high and _is_whole(low):
        times = int(libmpf.to_int(low))
        if abs(times) > _LARGEST_POWER:
            raise _UnknownError
        if times < 0:
            if sign(base) in (None, 0):
                raise _UnknownError
            return libmpi.mpi_div(libmpi.mpi_one, libmpi.mpi_pow_int(base, -times, precision + 20), precision)
        return libmpi.mpi_pow_int(base, times, precision)
    if sign(base) == 0 and sign(exponent) == 1:
        return libmpi.mpi_zero
    if low == high == libmpf.fhalf and sign(base) == 1:
        return libmpi.mpi_sqrt(base, precision)
    return _exp(precision, libmpi.mpi_mul(exponent, _log(precision + 20, base), precision + 20))


def _is_whole(value: Any) -> bool:
    _, mantissa, exponent, _ = value
    return bool((mantissa and exponent >= 0) or value == libmpf.fzero)


def _exp(precision: int, exponent: Interval) -> Interval:
    limit = libmpf.from_int(_LARGEST_EXPONENT)
    if any(libmpf.mpf_gt(libmpf.mpf_abs(end), limit) for end in exponent):
        raise _UnknownError
    return libmpi.mpi_exp(exponent, precision)


def _log(precision: int, value: Interval) -> Interval:
    if sign(value) != 1:
        raise _UnknownError
    return libmpi.mpi_log(value, precision)


def _of_angle(function: Callable[..., Interval]) -> Callable[..., Interval]:
    def evaluate(precision: int, angle: Interval) -> Interval:
        limit = libmpf.from_int(_LARGEST_EXPONENT)
        if any(libmpf.mpf_gt(libmpf.mpf_abs(end), limit) for end in angle):
            raise _UnknownError
        return function(angle, precision)

    return evaluate


_INTERVAL: dict[str, Callable[..., Interval]] = {
    "add": _sum,
    "mul": _product,
    "power": _power,
    "exp": _exp,
    "log": _log,
    "sin": _of_angle(libmpi.mpi_sin),
    "cos": _of_angle(libmpi.mpi_cos),
    "e": lambda precision: libmpi.mpi_exp(libmpi.mpi_one, precision),
    "pi": libmpi.mpi_pi,
    "node": lambda precision, value: value,
    "root": lambda precision, value, order: _exp(
        precision, libmpi.mpi_div(_log(precision + 20, value), order, precision + 20)
    ),
}

_TESTS: dict[str, Callable[..., Any]] = {
    "positive": lambda value: None if sign(value) is None else sign(value) == 1,
    "rising": lambda value: None if sign(value) is None else sign(value) == 1,
    "zero": lambda value: None if sign(value) is None else sign(value) == 0,
    "not": lambda test: None if test is None else not test,
    "and": lambda *tests: False if False in tests else None if None in tests else True,
    "or": lambda *tests: True if True in tests else None if None in tests else False,
    "true": lambda: True,
    "case": _float_case,
    "undefined": lambda: None,
}
