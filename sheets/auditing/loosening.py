"""Looks through what only seems to differ: numbers, and cells elsewhere, where quantities belong."""

from collections.abc import Iterator, Sequence
from itertools import permutations

import sympy as sp

from derive.equality import Proved
from derive.names import symbol
from sheets.auditing.digits import with_e
from sheets.auditing.proving import Subject

_NEARLY = 1e-9
_AS_SHOWN = 1e-6  # a number that was read off a sheet has the digits that it shows
_MOST_LOOSENED = 6


def loosened(subject: Subject, claim: sp.Expr, right: sp.Expr, row: int) -> Iterator[tuple[sp.Expr, sp.Expr, str]]:
    """The claim again with numbers, or cells elsewhere, taken for the given quantities whose values they hold.

    Only for quantities that the claim lacks: a wrong reference that happens to hold the same number stays wrong.
    """
    yield from _with_e(subject, claim, right, row)
    given = _given_values(subject, right, claim, row)
    strangers = [s for s in claim.free_symbols if s.name not in subject.network.names and s.name not in subject.right]
    for places in permutations(given, min(len(strangers), len(given))) if len(given) <= _MOST_LOOSENED else ():
        pairs = [(stranger, name) for stranger, name in zip(strangers, places, strict=False)
                 if (v := subject.value(stranger.name, row)) is not None and _near(v, given[name])]
        if pairs:
            told = ", ".join(f"reads {stranger.name}, which holds what {name} does" for stranger, name in pairs)
            yield claim.xreplace({s: symbol(name) for s, name in pairs}), right, told
    numbers = {float(n) for n in claim.atoms(sp.Rational)}
    typed = {name: v for name, v in given.items() if any(_near(v, n) for n in numbers)}
    if typed:
        values = {symbol(name): sp.Rational(repr(v)) for name, v in typed.items()}
        told = ", ".join(f"{v:.15g} is typed where {name} belongs" for name, v in sorted(typed.items()))
        yield claim, right.xreplace(values), told


def typed_in(
    subject: Subject, claim: sp.Expr, right: sp.Expr, rows: Sequence[int]
) -> tuple[str, tuple[int, ...]] | None:
    """Numbers typed in a formula where quantities belong that change: in words, and the rows in which they are wrong.

    Right is the formula in the first of the rows, from which the numbers were read; None where it is not.
    """
    missing = sorted({s.name for s in right.free_symbols} - {s.name for s in claim.free_symbols})
    numbers = sorted(claim.atoms(sp.Rational), key=float)
    typed = {name: number for name in missing for number in numbers if _holds(subject, name, rows[0], number)}
    put = {symbol(name): number for name, number in typed.items()}
    if not put or not isinstance(subject.prove(claim, right.xreplace(put)), Proved):
        return None
    told = ", ".join(f"{float(number):.15g} is typed where {name} belongs" for name, number in typed.items())
    return told, tuple(row for row in rows if not all(_holds(subject, name, row, put[symbol(name)]) for name in typed))


def _holds(subject: Subject, name: str, row: int, number: sp.Rational) -> bool:
    value = subject.value(name, row)
    return value is not None and _near(value, float(number), _AS_SHOWN)


def _with_e(subject: Subject, claim: sp.Expr, right: sp.Expr, row: int) -> Iterator[tuple[sp.Expr, sp.Expr, str]]:
    """The claim with e where some of its digits are typed, or stand in a cell, and are raised to a power."""
    said, digits = with_e(claim, lambda name: subject.value(name, row) if "!" in name else None)
    if digits:
        yield said, right, ", ".join(f"{value:.15g} is typed where e belongs" for value in digits)


def _given_values(subject: Subject, right: sp.Expr, claim: sp.Expr, row: int) -> dict[str, float]:
    missing = {s.name for s in right.free_symbols} - {s.name for s in claim.free_symbols}
    leaves = {*subject.network.inputs, *subject.network.targets, *subject.network.constants}
    return {name: v for name in sorted(missing & leaves) if (v := subject.value(name, row)) is not None}


def _near(a: float, b: float, nearly: float = _NEARLY) -> bool:
    return abs(a - b) <= nearly * max(abs(a), abs(b))
