"""Values of a straight-line program at a rational point, as intervals; None where there is none, or none is known."""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from mpmath.ctx_iv import MPIntervalContext

iv = MPIntervalContext()
ANY = {-1, 0, 1}
LARGEST = 2**20


# values as intervals; None where there is none, or none is known


def parts_of(step: Sequence[Any]) -> Sequence[int]:
    return () if step[0] in ("name", "number") else step[1:]


def at_point(steps: Sequence[Any], point: Mapping[str, str]) -> list[Any]:
    values: list[Any] = []
    for step in steps:
        given = point[step[1]] if step[0] == "name" else step[1] if step[0] == "number" else None
        values.append(number(given) if given else operate(step[0], *(values[part] for part in parts_of(step))))
    return values


def fraction(value: Any) -> Fraction:
    """A number from its text, whose exponent, where there is one, has at most six digits."""
    small = not isinstance(value, str) or len(value.lower().partition("e")[2]) <= 7
    return Fraction(value if small else "too large")


def number(value: Any) -> Any:
    return iv.mpf(fraction(value).numerator) / fraction(value).denominator


def operate(kind: str, *parts: Any) -> Any:
    if kind == "choose" and parts[0] is not None:
        return None if len(signs_at(parts[0])) > 1 else parts[2 + min(signs_at(parts[0]))]
    return None if any(part is None for part in parts) else OPERATIONS[kind](*parts)


def signs_at(value: Any) -> Collection[int]:
    return {1} if value > 0 else {-1} if value < 0 else {0} if value.a == value.b == 0 else ANY


def power_at(base: Any, exponent: Any) -> Any:
    if exponent.a == exponent.b == int(exponent.a):
        whole = int(exponent.a)
        return base**whole if whole >= 0 else None if 0 in base else 1 / base**-whole
    if signs_at(base) == {0} and exponent > 0:
        return iv.mpf(0)
    return OPERATIONS["exp"](exponent * iv.log(base)) if base > 0 else None


def bounded(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: function(value) if abs(value) < LARGEST else None


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *parts: sum(parts, iv.mpf(0)), "mul": lambda *parts: prod(parts, start=iv.mpf(1)), "power": power_at,
    "exp": bounded(iv.exp), "sin": bounded(iv.sin), "cos": bounded(iv.cos), "pi": lambda: +iv.pi,
    "log": lambda value: iv.log(value) if value > 0 else None, "ln": lambda value: OPERATIONS["log"](abs(value)),
    "max": lambda a, b: iv.mpf([max(a.a, b.a), max(a.b, b.b)]), "inverse": lambda value: power_at(value, iv.mpf(-1)),
    "root": lambda value, order: power_at(abs(value), iv.mpf(1) / order),
}  # fmt: skip
