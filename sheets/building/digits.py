"""How the numbers of a column are shown: six digits at the magnitude at which it starts, and never a row of ###.

A number that outgrows its column, or sinks below the digits shown, is shown as 1.2346E-07, by a rule beside the format:
the conditions within a format are read differently by Excel and LibreOffice, which drops a minus there.
"""

from decimal import Decimal
from math import floor, isfinite, log10

from msgspec import Struct

POWERS = "0.0000E+00"
_DIGITS = 7  # before and behind the point, where the column starts
_ROOM = 3  # how many powers of ten a column may grow before it is shown in powers
_MOST_WHOLE = 9
_POWERS_WIDTH = 11.5
_GIVEN_DIGITS = 10
_LEAST_JOINED = 1e-9


class Digits(Struct, frozen=True):
    """A number format, the width of a column in it, and outside which magnitudes a number is shown in powers."""

    format: str
    width: float
    least: float = 0.0
    most: float = 0.0

    def outside(self, cell: str) -> str:
        """The condition under which the number in a cell is shown in powers; empty where none ever is."""
        if not self.most:
            return ""
        return f"OR(ABS({cell})>={self.most:.15g},AND({cell}<>0,ABS({cell})<{self.least:g}))"


def digits(magnitude: float, room: int = 99) -> Digits:
    """How a column is shown that starts at a magnitude, with room for so many digits; what is no number counts as 1."""
    whole = floor(log10(magnitude)) + 1 if isfinite(magnitude) and magnitude > 1 else 1
    if whole > _MOST_WHOLE:
        return Digits(POWERS, _POWERS_WIDTH)
    decimals = max(2, _DIGITS - whole)
    width = max(_POWERS_WIDTH, whole + _ROOM + decimals + 3.5)
    return Digits("0." + "0" * decimals, width, 10.0 ** (2 - decimals), 10.0 ** min(whole + _ROOM, room - decimals))


def joined(value: float) -> str:
    """A number as a spreadsheet joins it to a text: a small one has no power of ten yet where Python has."""
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e-" in text and abs(value) >= _LEAST_JOINED else text.upper()


def width_of(value: float) -> float:
    """The width of a typed number, as far as it is shown."""
    return min(len(f"{value:.{_GIVEN_DIGITS}g}"), _GIVEN_DIGITS + 2) + 1.5
