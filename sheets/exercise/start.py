"""Start values: the walkthrough's own, or drawn for one student from a seed and the student's id."""

import random
from collections.abc import Iterator, Mapping

import sympy as sp

from derive.walkthrough import Walkthrough

Start = Mapping[str, sp.Rational]
_LOW, _HIGH = 10, 95  # hundredths: two digits, away from 0, where a factor vanishes, and from 1, where it is not seen


def drawn_starts(walkthrough: Walkthrough, seed: int, student: str = "") -> Iterator[Start]:
    """Numbers of two digits without end, always the same ones for a seed and a student.

    Inputs, targets and parameters are drawn, a parameter with its sign: a 0 among them would hide a term. Constants
    stay. No two numbers of a file are alike while there are enough of them.
    """
    network = walkthrough.network
    drawn = [*network.inputs, *network.targets, *network.parameters]
    chance = random.Random(f"{seed}:{student}")
    hundredths = range(_LOW, _HIGH + 1)
    while True:
        if len(drawn) <= len(hundredths):
            numbers = chance.sample(hundredths, len(drawn))
        else:
            numbers = chance.choices(hundredths, k=len(drawn))
        signs = [chance.choice((1, -1)) if name in network.parameters else 1 for name in drawn]
        yield {**walkthrough.start, **{name: sp.Rational(sign * number, 100)
                                       for name, sign, number in zip(drawn, signs, numbers, strict=True)}}
