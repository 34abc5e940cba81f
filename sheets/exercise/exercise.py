"""An exercise as a value: which columns are empty, the start values, and the tolerances proved at them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice

from msgspec import Struct

from derive.errors import DeriveError
from derive.mistakes import Wrong
from derive.walkthrough import Walkthrough
from sheets.exercise.blanks import Blank
from sheets.exercise.separation import Questions, showing, tolerances
from sheets.exercise.start import Start, drawn_starts
from sheets.roster import Student

ROWS = 5
MOST_ROWS = 200
_MOST_DRAWS = 1_000
_PLEASANT_RATE = Decimal("0.5")


class Exercise(Struct, frozen=True):
    """One student's worksheet, or one for all; `tolerances` map blank columns to what a right cell may be off by."""

    walkthrough: Walkthrough
    blanks: tuple[Blank, ...]
    rows: int
    rate: Decimal
    start: Start
    tolerances: Mapping[str, float]
    drawn: bool
    student: Student | None = None


class Maker(Struct, frozen=True):
    """What all exercises of a class share; making one is drawing its numbers and proving its tolerances.

    `hidden` are wrong forms that no numbers would show, and that no mark can tell.
    """

    walkthrough: Walkthrough
    blanks: tuple[Blank, ...]
    rows: int
    rate: Decimal
    questions: Questions
    hidden: tuple[Wrong, ...] = ()

    def make(self, seed: int | None = None, student: Student | None = None) -> Exercise:
        """An exercise: the walkthrough's own numbers where they do and no seed is given, else drawn ones.

        DeriveError where no start values tell the wrong formulas from the right ones.
        """
        who = "" if student is None else student.key
        candidates: Iterator[tuple[bool, Start]] = chain(
            ((False, start) for start in ([self.walkthrough.start] if seed is None else [])),
            ((True, start) for start in islice(drawn_starts(self.walkthrough, seed or 0, who), _MOST_DRAWS)),
        )
        for drawn, start in candidates:
            found = tolerances(self.questions, start, float(self.rate), self.rows, drawn=drawn)
            if found is not None:
                return Exercise(self.walkthrough, self.blanks, self.rows, self.rate, start, found, drawn, student)
        raise DeriveError(self.walkthrough.name, f"{_MOST_DRAWS:,} draws gave no numbers at which every wrong formula "
                          "shows", "a smaller network, or fewer blank columns")


def prepare(walkthrough: Walkthrough, blanks: Sequence[Blank], rows: int = ROWS) -> Maker:
    """The maker of a walkthrough's exercises; of many samples the network of one is trained."""
    if not 2 <= rows <= MOST_ROWS:
        raise DeriveError("--rows", f"{rows} rows", f"2 to {MOST_ROWS}")
    if len({blank.name for blank in blanks}) < len(blanks):
        raise DeriveError("--blank", "a column is named twice")
    rate = max((rate for rate in walkthrough.learning_rates if rate < 1), default=_PLEASANT_RATE)  # 1 is not seen
    questions, hidden = showing(Questions.of(walkthrough.network, blanks), drawn_starts(walkthrough, 0), float(rate))
    return Maker(walkthrough, tuple(blanks), rows, rate, questions, hidden)
