"""Matrices that a text calls symmetric or diagonal, and for which of its lines it does."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from derive.formulas.claims import Document
from derive.formulas.vocabulary import key
from derive.small_models.worlds.conditions import symmetric_of
from derive.small_models.worlds.sides import Claims, first_readings

SYMMETRIC, DIAGONAL = "symmetric", "diagonal"
IDENTITY = "I"
"""The name of the matrix that nothing defines, and that is square."""
COVARIANCES = "Σ"
"""The name of a matrix of covariances, or of singular values, which everybody takes for symmetric."""
_WORDS = r"(?!(?:[Ww]ith|[Ff]or|[Ii]f|[Ww]hen|of|and|where|given|let|any|some|every|by|from|an?|the|real)\b)"
"""No name is one of these."""
_NAMED = rf"\$?(?:\\(?:mathbf|boldsymbol|bm)\{{{{)?(?P<{{}}>{_WORDS}\w+)\}}}}?\$?"
_KIND = r"(?:(?:a|an|the|real|square|positive|definite|semidefinite|semi-definite)\s+)*"
_GAP = r"(?:\s|\\text\{)+"
_SYMMETRIC = re.compile(
    rf"\b{_NAMED.format('of')}{_GAP}(?:(?:is|be|being|ist|sei|est|es|é|是)\s+)?{_KIND}(?:s[iyí]mm?[eé]tri\w*\b|SPD\b|对称|симметричн)"
    rf"|\bpositive[- ](?:semi-?)?definite\s+{_NAMED.format('definite')}"
    rf"|(?<!-)\b(?<!not )symmetric\s+(?:[\w-]+\s+)?matrix\s+{_NAMED.format('called')}"
    rf"|\bwith\s+(?:symmetric\s+{_NAMED.format('having')}|{_NAMED.format('having_it')}\s+symmetric)(?!\w)"
)
"""`S is symmetric`, `let $S$ be a real symmetric matrix`, `for a symmetric matrix S`."""
_DIAGONAL = re.compile(
    rf"\b{_NAMED.format('of')}{_GAP}(?:is|be|being|ist|sei|est|es)\s+{_KIND}(?:diagonal\b(?!i)|Diagonalmatrix\b)"
    rf"|(?<!-)\b(?<!not )diagonal\s+(?:[\w-]+\s+)?matrix\s+{_NAMED.format('called')}"
)
"""`W is a diagonal matrix`, `with the diagonal matrix W`."""
_PATTERNS: Mapping[str, re.Pattern[str]] = MappingProxyType({SYMMETRIC: _SYMMETRIC, DIAGONAL: _DIAGONAL})
_IF = re.compile(r"(?i)(?:\b(?:if|when(?:ever)?|for|provided|wenn|falls|für|si|se|pour|если)\b|[若当])[^.;:=\n]*\Z")
"""What stands before a condition in its sentence: `if the matrix`."""
_END = re.compile(r"[.;!?](?=\s|\Z)|\n")
"""Where a sentence ends, or its line."""


class Kind(Struct, frozen=True):
    """What a text says of a matrix, and from where to where: `if A is symmetric` of its own sentence alone."""

    of: str
    kind: str
    start: int
    end: int | None = None
    """None where it stays so."""

    def is_said_at(self, place: int) -> bool:
        """Whether it holds of what stands there."""
        return self.start <= place and (self.end is None or place < self.end)


def kinds_in(text: str) -> Iterator[tuple[str, str, int]]:
    """The matrices that words call symmetric or diagonal, each with which of these it is, and where that is said."""
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield key(next(filter(None, match.groups()))), kind, match.start()


def kinds_of(document: Document, claims: Claims) -> Iterator[Kind]:
    """What words and claims, S = S^T, say of matrices."""
    for of, kind, start in kinds_in(document.text.text):
        yield _said(document, of, kind, start, start)
    if any(name.value == COVARIANCES for _, sides in first_readings(claims) for name in sides.names()):
        yield Kind(COVARIANCES, SYMMETRIC, 0)
    for number, sides in first_readings(claims):
        if (turned := symmetric_of(sides)) is not None:
            claim = document.claims[number]
            yield _said(document, turned, SYMMETRIC, claim.left.start, claim.right.end)


def _said(document: Document, of: str, kind: str, start: int, end: int) -> Kind:
    """A kind, and for how long it holds: a condition of its sentence, and where that states nothing on its line, of
    the formula displayed before its full stop or behind it.
    """
    text = document.text.text
    ends = [found.end() for found in _END.finditer(text)]
    first = max((place for place in ends if place <= start), default=0)
    if _IF.search(text, first, start) is None:
        return Kind(of, kind, 0)
    last = next((place for place in ends if place > end), len(text))
    if not any(first <= claim.left.start < start or end < claim.left.start < last for claim in document.claims):
        if text[last - 1 : last] == "\n":
            last = next((place for place in ends if place > last), len(text))
        elif text[first - 1 : first] == "\n":
            first = max((place for place in ends if place < first), default=0)
    return Kind(of, kind, first, last)
