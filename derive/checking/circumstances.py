"""What words around a claim tell of it: the point at which something is looked at, and what is held constant."""

import math
import re
from collections.abc import Callable

from msgspec import Struct

from derive.formulas.claims import Claim, Document
from derive.formulas.vocabulary import key

_AT = r"\b(?:at|bei|en|em|point|punkte?|punto|ponto)\b[\s:]*(?:the\s+point\b\s*)?|点\s*"
_POINT = re.compile(
    rf"(?:{_AT})(?:\w\s*=?\s*)?(?:\\left)?\(([^()=]{{1,40}},[^()=]{{1,40}})\)", re.IGNORECASE
)
"""at (1, 2), im Punkt P(3, 4)."""
_COORDINATE = re.compile(
    r"\s*(?P<sign>-?)\s*(?:(?P<above>\d+(?:\.\d+)?)(?:/(?P<below>[1-9]\d*))?|(?P<pi>\\?pi|π))\s*(?:\\right)?"
)
_NEVER = "constant|fixed|konstant|fest|constante|fija?o?|fixe"
_HELD = re.compile(
    rf"\b(?:{_NEVER})\s+(?:[^\W\d]{{3,}}\s+)?(?P<one>[A-Za-z](?:_\w+)?)\b(?!\w)"
    r"|(?<![\w\\])(?P<other>[A-Za-z](?:_\w+)?)\s*(?:=[^=.;\n]*)?\s(?:is|stays|remains|ist|bleibt|es|est|é)\s+"
    rf"(?:\w+\s+)?(?:{_NEVER})\b",
    re.IGNORECASE,
)
"""the constant volume V; V = π r^2 h is constant."""


class Circumstances(Struct, frozen=True):
    """The point of a claim, coordinate by coordinate, NaN for one that is not read; and the names that are constant."""

    point: tuple[float, ...] = ()
    held: frozenset[str] = frozenset()


NONE = Circumstances()


def circumstances_at(document: Document) -> Callable[[Claim], Circumstances]:
    """What is told of a claim: the last point on its own line before it, and what is held anywhere."""
    text = document.text.text
    points = [(found.start(), tuple(map(_value, found[1].split(",")))) for found in _POINT.finditer(text)]
    held = frozenset(key(found["one"] or found["other"]) for found in _HELD.finditer(text))

    def at(claim: Claim) -> Circumstances:
        begins = text.rfind("\n", 0, claim.left.start) + 1
        before = [point for start, point in points if begins <= start < claim.left.start]
        return Circumstances(before[-1] if before else (), held)

    return at if points or held else lambda claim: NONE


def _value(coordinate: str) -> float:
    """A whole number, a decimal, a ratio or π as it is written; NaN for anything else."""
    found = _COORDINATE.fullmatch(coordinate)
    if found is None:
        return math.nan
    size = math.pi if found["pi"] else float(found["above"]) / float(found["below"] or 1)
    return -size if found["sign"] else size
