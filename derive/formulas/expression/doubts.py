"""Words that a formula over free names may not have: each row a doubt, how it is found, and what to write instead.

Without declared names nothing tells which of two readings is meant, so neither is taken.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from derive.errors import DeriveError
from derive.formulas.expression.names import CONSTANTS
from derive.formulas.signs import SUBSCRIPTS
from derive.formulas.tokens import Token

_LETTER_WITH_INDEX = re.compile(r"[^\W\d_](\d+|_\w+)\Z")
_WORD = re.compile(r"[^\W\d_]{3,}(?!\w)")
_RATIO = re.compile(r"(?<![^\W_])d\s*([^\W\d_]\w*|\([^()]*\))?\s*/\s*d\s*[^\W\d_]")
_NUMBER = re.compile(r"\d[eE]\d+\w")
_SCRIPTS = ("LATIN", "GREEK", "SUBSCRIPT", "SUPERSCRIPT", "MODIFIER", "MATHEMATICAL", "SCRIPT", "DOUBLE-STRUCK")

Found = Iterator[tuple[int, str]]


class Doubt(Struct, frozen=True):
    """A way to be read twice: `find` gives (place, what stands there), `right` what to write."""

    find: Callable[[str, Sequence[Token]], Found]
    right: str


def refuse_doubtful(text: str, tokens: Sequence[Token]) -> None:
    """DeriveError at the first word in a formula over free names that could be read in two ways."""
    for doubt in _DOUBTS:
        for place, found in doubt.find(text, tokens):
            raise DeriveError(f"column {place + 1}", f'"{found}" can be read in two ways', doubt.right)


def _scripts(text: str, tokens: Sequence[Token]) -> Found:
    for place, char in enumerate(text):
        if char.isalpha() and not char.isascii() and not unicodedata.name(char, "").startswith(_SCRIPTS):
            yield place, char


def _sums(text: str, tokens: Sequence[Token]) -> Found:
    yield from ((place, char) for place, char in enumerate(text) if char in "ΣΠ∑∏")


def _derivatives(text: str, tokens: Sequence[Token]) -> Found:
    yield from ((match.start(), match.group()) for match in _RATIO.finditer(text))


def _calls(text: str, tokens: Sequence[Token]) -> Found:
    for before, after in pairwise(tokens):
        word = text[before.start : before.end].translate(SUBSCRIPTS)
        named = before.kind in ("NAME", "CONSTANT") and word not in CONSTANTS and len(word) > 1
        if named and after.kind == "OPEN" and not _LETTER_WITH_INDEX.match(word):
            yield before.start, text[before.start : after.end]


def _words(text: str, tokens: Sequence[Token]) -> Found:
    """Words of three letters and more that were taken for products, and a π that is hidden in letters."""
    for token in tokens:
        word = text[token.start : token.end]
        taken = token.kind in ("NAME", "CONSTANT") and token.value != word and len(word) > 2
        if taken and (_WORD.match(word) or "pi" in word.lower()):
            yield token.start, word


def _numbers(text: str, tokens: Sequence[Token]) -> Found:
    yield from ((match.start(), match.group()) for match in _NUMBER.finditer(text))


_DOUBTS = (
    Doubt(_scripts, "write Latin or Greek letters"),
    Doubt(_sums, "write the terms out"),
    Doubt(_derivatives, "a derivative is written ∂(…)/∂x; a product with *"),
    Doubt(_calls, "an unknown function? write a product with *"),
    Doubt(_words, "write a product with *"),
    Doubt(_numbers, "write * behind the number"),
)
