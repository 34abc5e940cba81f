"""Certificates of verdicts: what a stranger can replay without what found it, as JSON."""

from collections.abc import Collection, Iterable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

import sympy as sp

from derive.equality.certificate import proof_of
from derive.equality.deciding import answered, asked
from derive.equality.guards import OutOfReachError
from derive.equality.statement import Statement
from derive.equality.verdicts import Proved, Undecided, Verdict
from derive.equality.witness import points
from derive.kernel.polynomials import RejectedError
from derive.kernel.values import at_point, fraction, iv

FORMAT = "derive-certificate-1"
_BITS = (120, 300, 1200, 4800)
_UNTRUSTED_BITS = 24
_MOST_POINTS = 60
_LARGEST = 1 << 16


def certified(
    left: sp.Expr,
    right: sp.Expr,
    *,
    definitions: Mapping[str, sp.Expr] | None = None,
    start: Mapping[str, Any] | None = None,
    positive: Collection[str] = (),
) -> tuple[Verdict, dict[str, Any] | None]:
    """What `decide` answers, with the certificate of a verdict; None where it is undecided."""
    try:
        question = asked(left, right, definitions or {}, start or {}, positive)
    except OutOfReachError as reason:
        return Undecided(str(reason)), None
    verdict, meeting, point = answered(question)
    if isinstance(verdict, Undecided):
        return verdict, None
    program, ends = question.program, (question.left, question.right)
    if isinstance(verdict, Proved):
        proof = proof_of(program, *ends, meeting.atoms if meeting else (), positive)
        names = [str(step[1]) for step in proof["steps"] if step[0] == "name"]
        assumed = [name for name in names if name in positive]
        looks = chain([point] if set(names) <= set(point) else [], points(names, {}, assumed))
        return verdict, _whole("proved", proof, looks)
    statement = Statement(program, *ends, ())
    assumed = [statement.lowered(place) for name, place in program.defined.items() if name in positive]
    assumed += [place for name, place in statement.names.items() if name in positive]
    body = {"steps": statement.steps, "sides": statement.sides, "positive": sorted(set(assumed))}
    return verdict, _whole("refuted", body, [point])


def _whole(verdict: str, body: Mapping[str, Any], looks: Iterable[Mapping[str, Fraction]]) -> dict[str, Any]:
    """A certificate with a point and the two values there; RejectedError where no point shows the verdict."""
    for _, look in zip(range(_MOST_POINTS), looks, strict=False):
        names = {step[1] for step in body["steps"] if step[0] == "name"}
        point = {name: str(value) for name, value in look.items() if name in names}
        for bits in _BITS:
            iv.prec = bits
            found = at_point(body["steps"], point)
            if any(found[side] is None for side in body["sides"]):
                continue
            ends = [_ends(found[side], bits) for side in body["sides"]]
            apart = any(high and low and fraction(high) < fraction(low) for (_, high), (low, _) in (ends, ends[::-1]))
            if apart == (verdict == "refuted"):
                return {"format": FORMAT, "verdict": verdict, **body, "point": point, "bits": bits, "values": ends}
    raise RejectedError("no point shows what was decided")


def _ends(interval: Any, bits: int) -> list[str | None]:
    """The ends of an interval, rounded outwards with the last bits left out; None for one that is too far out."""
    wide = interval * (1 + iv.mpf([-1, 1]) * iv.mpf(2) ** (_UNTRUSTED_BITS + 2 - bits))
    return [_decimal(wide.a, bits, ROUND_FLOOR), _decimal(wide.b, bits, ROUND_CEILING)]


def _decimal(end: Any, bits: int, rounding: str) -> str | None:
    (negative, mantissa, exponent, size), _ = end._mpi_
    outwards = bool(negative) == (rounding == ROUND_FLOOR)
    if exponent + size > _LARGEST:
        return None if outwards else f"{'-' if negative else ''}1e{_LARGEST * 3 // 10}"
    value = Fraction(int(mantissa)) * Fraction(2) ** exponent * (-1 if negative else 1)
    digits = (bits - _UNTRUSTED_BITS) * 3 // 10 - 2
    context = Context(prec=digits, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return str(context.divide(Decimal(value.numerator), Decimal(value.denominator)))
