"""What a decision answers: proved, refuted with a witness, or undecided with the reason."""

from fractions import Fraction

from msgspec import Struct

from derive.shown import Shown
from derive.truth import Truthless


class Proved(Shown, Truthless, Struct, frozen=True):
    """The two sides have the same real value wherever both are defined.

    `reason` says how they met; `note` names a difference of their domains, else it is empty.
    """

    reason: str
    note: str = ""


class Refuted(Shown, Truthless, Struct, frozen=True):
    """The two sides differ at the witness: (name, value) pairs, all rational.

    `left` and `right` are the sides' values there, as exact fractions or as intervals that do not touch.
    """

    witness: tuple[tuple[str, Fraction], ...]
    left: str
    right: str
    reason: str
    note: str = ""


class Undecided(Shown, Truthless, Struct, frozen=True):
    """Neither a proof nor a witness; `reason` says what stands in the way."""

    reason: str


Verdict = Proved | Refuted | Undecided
