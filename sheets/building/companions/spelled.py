"""Numbers within a sentence on a sheet: five digits, a negative one in brackets, in every language of Excel.

TEXT would need a format that Excel reads in the reader's own language; rounding and joining needs none.
"""

import re
from collections.abc import Mapping
from math import floor, isfinite, log10

_DIGITS = 5
_FEWEST_DECIMALS = 2
_LEAST, _MOST = 0.001, 10_000_000
_MOST_LITERAL = 250  # Excel takes 255 characters of a text within a formula
_NAME = re.compile(r"∂?(?!\d)[^\W⁰¹²³⁴-⁹]+(?:/∂[^\W⁰¹²³⁴-⁹]+)?")  # an exponent is no letter of it
NO_NUMBER = "no number"


def spelled(cell: str, digits: int = _DIGITS) -> str:
    """The formula of a number's text; `cell` is where the number stands."""
    power = f"INT(LOG10(ABS({cell})))"
    rounded = f"ROUND({cell},MAX({_FEWEST_DECIMALS},{digits - 1}-{power}))"
    in_powers = f'ROUND({cell}/10^{power},{digits - 1})&"E"&{power}'
    text = f'IF(OR(ABS({cell})<{_LEAST},ABS({cell})>={_MOST}),{in_powers},{rounded}&"")'
    return f'IF(ISNUMBER({cell}),IF({cell}=0,"0",IF({cell}<0,"("&{text}&")",{text})),"{NO_NUMBER}")'


def said(value: float, digits: int = _DIGITS) -> str:
    """What that formula gives for a value."""
    if not isfinite(value):
        return NO_NUMBER
    if value == 0:
        return "0"
    power = floor(log10(abs(value)))
    text = f"{round(value, max(_FEWEST_DECIMALS, digits - 1 - power)) + 0.0:.15g}"
    if not _LEAST <= abs(value) < _MOST:  # Excel and LibreOffice join such numbers differently
        text = f"{round(value / 10.0**power, digits - 1):.15g}E{power}"
    return f"({text})" if value < 0 else text


def put_in(text: str, cells: Mapping[str, str]) -> str:
    """The formula of a text in which each name is replaced by the text in its cell: `"("&G3&" - "&G1&")"`."""
    pieces: list[str] = []
    done = 0
    for found in _NAME.finditer(text):
        if found.group() in cells:
            cell = cells[found.group()]
            bare = f'SUBSTITUTE(SUBSTITUTE({cell},"(",""),")","")'
            pieces += [_literal(text[done : found.start()]), bare if _stands_alone(text, found) else cell]
            done = found.end()
    return "&".join(piece for piece in (*pieces, _literal(text[done:])) if piece) or '""'


def with_values(text: str, values: Mapping[str, float], digits: int = _DIGITS) -> str:
    """What that formula gives."""

    def number(found: re.Match[str]) -> str:
        if found.group() not in values:
            return found.group()
        told = said(values[found.group()], digits)
        return told.strip("()") if _stands_alone(text, found) else told

    return _NAME.sub(number, text)


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Whether a name needs no bracket around a minus: all of a side, or of a bracket."""
    before, behind = text[: found.start()].rstrip(" "), text[found.end() :].lstrip(" ")
    return before[-1:] in ("", "(", "[", "=", "\n") and behind[:1] in ("", ")", "]", "=", ",")


def _literal(text: str) -> str:
    """A text within a formula, in pieces that Excel takes."""
    parts = [text[place : place + _MOST_LITERAL] for place in range(0, len(text), _MOST_LITERAL)]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)
