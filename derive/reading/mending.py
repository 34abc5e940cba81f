"""Reading what has a slip of the pen: as written where that can be read, else by the fewest repairs that make it so.

A repair is never taken for what stands there: whoever uses one reports the repaired text.
"""

import re
from collections.abc import Iterator

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.reading.formula import MOST_CHARACTERS, parse
from derive.reading.repairs import REPAIRS, Scope, pairs
from derive.reading.tokens import checked_brackets, raw, refuse_unknown, with_ratios

TWO_READINGS = re.compile(r"(?<![\w.])\d+\s*/\s*\d+[A-Za-z]\w*")
"""1/2m is half of m to some and one over 2m to others."""
_MOST_READINGS = 24
MOST_ATTEMPTS = 200
_MOST_READ = 200_000
"""So many characters are read to mend one text."""
_DEEPEST = 4


class Reading(Struct, frozen=True):
    """One way to read a text: its expression, the repaired text (None as written), and what was repaired."""

    expression: sp.Expr
    repaired: str | None = None
    repairs: tuple[str, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Whether every repair can be taken without a proof that it is meant."""
        return all(REPAIRS[name].safe for name in self.repairs)


def readings(text: str, scope: Scope, attempts: int = MOST_ATTEMPTS) -> tuple[Reading, ...]:
    """The ways to read a canonical text: as written if that can be read, else by the fewest repairs that make it so.

    DeriveError, about the text as it stands, where there is no way.
    """
    if len(text) > MOST_CHARACTERS:
        raise DeriveError("", f"a formula of {len(text):,} characters", f"at most {MOST_CHARACTERS:,} are read")
    try:
        return (Reading(_read(text, scope)),)
    except DeriveError as fault:
        found = tuple(_repaired(text, scope, min(attempts, _MOST_READ // max(1, len(text)))))
        if not found:
            raise fault from None
        return found


def _read(text: str, scope: Scope) -> sp.Expr:
    pieces = raw(text, scope.names)
    refuse_unknown(pieces, text)
    two = TWO_READINGS.search(text)
    if two is not None:
        raise DeriveError(
            f"column {two.start() + 1}", f'"{two.group()}" has two readings', "put brackets: 1/(2m) or (1/2)m"
        )
    for first, second in pairs(pieces):
        if first.value == "1" and first.end == second.start and second.kind in ("NAME", "FUNCTION", "OPEN"):
            raise DeriveError(
                f"column {second.start + 1}",
                f'"1" is followed by "{text[second.start : second.end]}"',
                "an operator is missing",
            )
        word = text[first.start : first.end]
        calls = first.kind == "NAME" and second.kind == "OPEN" and first.end == second.start and word.isalpha()
        if calls and not scope.is_quantity(first.value):
            raise DeriveError(f"column {first.start + 1}", f"{word}(…) applies a function that is not known")
        if first.value == "e" and (first.kind, second.kind) == ("CONSTANT", "MINUS") and first.end == second.start:
            raise DeriveError(
                f"column {second.start + 1}",
                f'"e" is followed by "-": {text.strip()}',
                "a lost exponent? write e^-x or exp(-x)",
            )
    return parse(with_ratios(checked_brackets(pieces)), text, primes=True)


def _repaired(text: str, scope: Scope, most: int) -> Iterator[Reading]:
    """Breadth first: one repair, then two, then more; the readings that the fewest repairs allow."""
    seen = {text}
    attempts = 0
    wave: list[tuple[str, tuple[str, ...]]] = [(text, ())]
    for _ in range(_DEEPEST):
        found: list[Reading] = []
        following: list[tuple[str, tuple[str, ...]]] = []
        for written, done in wave:
            pieces = raw(written, scope.names)
            for name, repair in REPAIRS.items():
                for candidate in repair.undo(written, pieces, scope):
                    if candidate in seen or attempts >= most:
                        continue
                    seen.add(candidate)
                    attempts += 1
                    try:
                        found.append(Reading(_read(candidate, scope), candidate.strip(), (*done, name)))
                    except DeriveError:
                        following.append((candidate, (*done, name)))
        if found:
            yield from found[:_MOST_READINGS]
            return
        wave = following[:_MOST_READINGS]
