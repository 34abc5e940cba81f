"""What a decision answers: proved, refuted with a witness, or undecided with the reason."""

from fractions import Fraction

from msgspec import Struct

from derive.shown import Shown
from derive.truth import Truthless


class Proved(Shown, Truthless, Struct, frozen=True):
    """The two sides have the same real value wherever both are defined.

    `reason` says how they met; `note` names a difference of their domains, else it is empty.

    >>> import derive
    >>> derive.decide("x/x", "1").note
    'only the right side is defined where x = 0'
    """

    reason: str
    note: str = ""


class Refuted(Shown, Truthless, Struct, frozen=True):
    """The two sides differ at the witness: (name, value) pairs, all rational.

    `left` and `right` are the sides' values there, as exact fractions or as intervals that do not touch.

    >>> import derive
    >>> derive.decide("a*(b + c)", "a*b + c").witness
    (('a', Fraction(1, 2)), ('b', Fraction(1, 3)), ('c', Fraction(2, 3)))
    """

    witness: tuple[tuple[str, Fraction], ...]
    left: str
    right: str
    reason: str
    note: str = ""


class Undecided(Shown, Truthless, Struct, frozen=True):
    """Neither a proof nor a witness; `reason` says what stands in the way.

    >>> import derive
    >>> derive.decide("2*", "x").reason
    'the left side is not understood: column 3: the formula ends too early: 2*'
    """

    reason: str


Verdict = Proved | Refuted | Undecided
