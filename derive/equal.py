"""Two formulas as text, over any names: read, decided, and told in one line or as JSON."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import sympy as sp
from msgspec import Struct

from derive.equality import Refuted, Undecided, Verdict
from derive.equality.deciding import decide as decide_expressions
from derive.errors import DeriveError, required
from derive.formulas import read_free


def decide(left: str | sp.Expr, right: str | sp.Expr, **assumed: Any) -> Verdict:
    """Whether two formulas have the same real value wherever both are defined; text is read over any names.

    `assumed` is passed on to `derive.equality.decide`. A text that cannot be read is undecided, with the reason.
    DeriveError where a side is neither a text nor an expression.

    >>> decide("1/(1 + e^-x)", "e^x/(1 + e^x)")
    Proved(...)
    >>> decide("sqrt(x^2)", "x").reason
    'at x = -1/2: 0.5 against -0.5'
    """
    sides: list[sp.Expr] = []
    for side, formula in (("left", left), ("right", right)):
        required(side, formula, (str, sp.Basic), "a formula, as text or as an expression of SymPy")
        try:
            sides.append(read_free(formula) if isinstance(formula, str) else formula)
        except DeriveError as error:
            return Undecided(f"the {side} side is not understood: {error}")
    return decide_expressions(*sides, **assumed)


class Decided(Struct, frozen=True):
    """A pair of formulas as written, with the verdict on their equality."""

    left: str
    right: str
    verdict: Verdict

    @property
    def word(self) -> str:
        """proved, refuted or undecided."""
        return type(self.verdict).__name__.lower()

    @property
    def reason(self) -> str:
        """How they met or where they differ, with the note on their domains; or what stands in the way."""
        note = "" if isinstance(self.verdict, Undecided) else self.verdict.note
        return f"{self.verdict.reason}; {note}" if note else self.verdict.reason

    def as_json(self) -> dict[str, Any]:
        """The verdict, the witness with both values there, and the reason; numbers are text."""
        refuted = self.verdict if isinstance(self.verdict, Refuted) else None
        return {
            "verdict": self.word,
            "witness": {name: str(value) for name, value in refuted.witness} if refuted is not None else None,
            "left": refuted.left if refuted is not None else None,
            "right": refuted.right if refuted is not None else None,
            "reason": self.reason,
        }

    def as_line(self) -> str:
        """`refuted: at x = -1/2: 0.5 against -0.5`."""
        return f"{self.word}: {self.reason}"


def decide_pair(left: str, right: str, positive: Collection[str] = ()) -> Decided:
    """One pair of formulas, decided."""
    return Decided(left, right, decide(left, right, positive=positive))


def decide_lines(lines: Iterable[str], positive: Collection[str] = ()) -> Iterator[Decided]:
    """Every pair of a table, a line each: left, tab, right. A line of another shape is undecided."""
    for line in lines:
        pair = pair_of(line)
        yield pair if isinstance(pair, Decided) else decide_pair(*pair, positive)


def pair_of(line: str) -> tuple[str, str] | Decided:
    """The two sides of a line of a table; undecided, where it has another shape."""
    left, tab, right = line.rstrip("\r\n").partition("\t")
    if tab and "\t" not in right:
        return left, right
    return Decided(left, right, Undecided("a line is: left side, one tab, right side"))
