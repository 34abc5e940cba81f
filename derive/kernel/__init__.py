"""Replays a certificate by fractions and mpmath's intervals; nothing of what found it is used here.

The statement: two steps of a straight-line program are equal at every point where all steps that they use (of a choice,
the one taken) have a value. A proof is a tree of cases by the signs of polynomials. In each case its lines are carried
out: every step becomes a polynomial in generators (names, π, exp, sin and cos of a polynomial, root and ln of one's
absolute value, one's inverse), and signs are learnt. A case is closed when both sides come to one polynomial, or when a
sign contradicts what is known of it. docs/trust.md says why each rule holds, and what the format is.
"""

from collections.abc import Mapping
from typing import Any

from derive.kernel.generators import Proof
from derive.kernel.polynomials import RejectedError, require
from derive.kernel.rules import cover
from derive.kernel.values import at_point, fraction, iv, number, parts_of

__all__ = ["RejectedError", "replay"]

MOST_BITS = 5_000


def replay(certificate: Mapping[str, Any]) -> str:
    """The verdict that a certificate shows, proved or refuted; RejectedError where it shows none."""
    try:
        steps, sides, iv.prec = certificate["steps"], certificate["sides"], min(int(certificate["bits"]), MOST_BITS)
        ordered = all(0 <= part < place for place, step in enumerate(steps) for part in parts_of(step))
        require(ordered and len(sides) == 2 and min(sides) >= 0, "the steps are not in order")
        values = at_point(steps, certificate["point"])
        require(all(values[place] > 0 for place in certificate["positive"]), "what is assumed positive is not")
        ends = [[None if end is None else fraction(end) for end in pair] for pair in certificate["values"]]
        for side, (low, high) in zip(sides, ends, strict=True):
            value = values[side] * (1 + iv.mpf([-1, 1]) * iv.mpf(2) ** (24 - iv.prec))  # the last bits are not trusted
            above, below = low is None or number(low) <= value, high is None or value <= number(high)
            require(above and below, "a side has another value at the point")
        gaps = [(low, high) for (_, high), (low, _) in (ends, ends[::-1]) if low is not None and high is not None]
        apart = any(high < low for low, high in gaps)
        require(certificate["verdict"] == ("refuted" if apart else "proved"), "the values at the point say otherwise")
        if not apart and sides[0] != sides[1]:
            cover(Proof(certificate), certificate["cases"], [])
        return str(certificate["verdict"])
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError) as fault:
        raise RejectedError(f"{type(fault).__name__}: {fault}") from None
