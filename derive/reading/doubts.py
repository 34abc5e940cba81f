"""What a formula over free names may not leave open: each row a doubt, how it is found, and what to write instead.

Without declared names nothing tells which of two readings is meant, so neither is taken.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from derive.errors import DeriveError
from derive.reading.functions import FURTHER
from derive.reading.tokens import Piece
from derive.rules import SPELLINGS

_FACTORS = frozenset({"NAME", "NUMBER", "CONSTANT", "OPEN", "FUNCTION", "BAR_OPEN"})
_OPERANDS = frozenset({"NAME", "NUMBER", "CONSTANT"})
_CALL = re.compile(r"([^\W\d_]\w+)\s*\(")
_LETTER_WITH_INDEX = re.compile(r"[^\W\d_](\d+|_\w+)\Z")
_WORD = re.compile(r"[^\W\d_]{3,}(?!\w)")
_RATIO = re.compile(r"(?<![^\W_])d\s*([^\W\d_]\w*|\([^()]*\))?\s*/\s*d\s*[^\W\d_]")
_AFTER_NUMBER = re.compile(r"\d[eE]\d+\w")
_SCRIPTS = ("LATIN", "GREEK", "SUBSCRIPT", "SUPERSCRIPT", "MODIFIER", "MATHEMATICAL", "SCRIPT", "DOUBLE-STRUCK")

Found = Iterator[tuple[int, str]]


class Doubt(Struct, frozen=True):
    """A way to be read twice: `find` gives (place, what stands there), `right` what to write."""

    find: Callable[[str, Sequence[Piece]], Found]
    right: str


def refuse_doubtful(text: str, pieces: Sequence[Piece]) -> None:
    """DeriveError at the first thing in a formula over free names that could be read in two ways."""
    for doubt in _DOUBTS:
        for place, found in doubt.find(text, pieces):
            raise DeriveError(f"column {place + 1}", f'"{found}" can be read in two ways', doubt.right)


def _scripts(text: str, pieces: Sequence[Piece]) -> Found:
    for place, char in enumerate(text):
        if char.isalpha() and not char.isascii() and not unicodedata.name(char, "").startswith(_SCRIPTS):
            yield place, char


def _sums(text: str, pieces: Sequence[Piece]) -> Found:
    yield from ((place, char) for place, char in enumerate(text) if char in "ΣΠ∑∏")


def _derivatives(text: str, pieces: Sequence[Piece]) -> Found:
    yield from ((match.start(), match.group()) for match in _RATIO.finditer(text))


def _calls(text: str, pieces: Sequence[Piece]) -> Found:
    for match in _CALL.finditer(text):
        word = match.group(1)
        if word not in SPELLINGS and word not in FURTHER and not _LETTER_WITH_INDEX.match(word):
            yield match.start(), match.group()


def _words(text: str, pieces: Sequence[Piece]) -> Found:
    """Words of three letters and more that were taken for products, and a π that is hidden in letters."""
    letters = [piece for piece in pieces if piece.kind in ("NAME", "CONSTANT") and piece.end - piece.start > 2]
    for piece in letters:
        word = text[piece.start : piece.end]
        if piece.value != word and (_WORD.match(word) or "pi" in word.lower()):
            yield piece.start, word


def _numbers(text: str, pieces: Sequence[Piece]) -> Found:
    for before, after in pairwise(pieces):
        if before.kind == after.kind == "NUMBER":
            yield before.start, text[before.start : after.end]
    yield from ((match.start(), match.group()) for match in _AFTER_NUMBER.finditer(text))


def _arguments(text: str, pieces: Sequence[Piece]) -> Found:
    """`sin xy`, `sin x/2`, `sqrt 2 x`: where an argument without brackets ends."""
    for place, piece in enumerate(pieces):
        after = place + 1
        if piece.kind != "FUNCTION":
            continue
        after = _behind_power(pieces, after)
        if after >= len(pieces) or pieces[after].kind in ("OPEN", "BAR_OPEN", "FUNCTION", "PRIME"):
            continue
        if pieces[after].kind == "NUMBER" and after + 1 < len(pieces) and pieces[after + 1].kind == "NAME":
            after += pieces[after].end == pieces[after + 1].start  # sin 2x
        after = _behind_power(pieces, after + 1)
        if after < len(pieces) and pieces[after].kind in (*_FACTORS - {"FUNCTION"}, "OVER"):
            yield piece.start, text[piece.start : pieces[after].end]


def _behind_power(pieces: Sequence[Piece], place: int) -> int:
    while place < len(pieces) and pieces[place].kind in ("POWER", "SUPERSCRIPT"):
        place += 1 if pieces[place].kind == "SUPERSCRIPT" else 2
    return place


def _below(text: str, pieces: Sequence[Piece]) -> Found:
    """`a/bc`, `1/2x`, `1/2(x + 1)`: what stands below; `1/8 e^x` with a blank is plain."""
    for place, piece in enumerate(pieces[:-2]):
        operand = pieces[place + 1]
        if piece.kind != "OVER" or operand.kind not in _OPERANDS:
            continue
        after = _behind_power(pieces, place + 2)
        if after < len(pieces) and pieces[after].kind in _FACTORS:
            apart = pieces[after - 1].end < pieces[after].start
            if not (apart and operand.kind == "NUMBER") and pieces[after].kind != "FUNCTION":
                yield piece.start, text[piece.start : pieces[after].end]


def _above(text: str, pieces: Sequence[Piece]) -> Found:
    """`e^2x`, `2^xy`: what stands above."""
    for place, piece in enumerate(pieces[:-2]):
        operand = place + 1 + (pieces[place + 1].kind in ("MINUS", "PLUS"))
        if piece.kind != "POWER" or operand + 1 >= len(pieces) or pieces[operand].kind not in _OPERANDS:
            continue
        after = pieces[operand + 1]
        if after.kind in _FACTORS and pieces[operand].end >= after.start and after.kind != "OPEN":
            yield piece.start, text[piece.start : after.end]


_DOUBTS = (
    Doubt(_scripts, "write Latin or Greek letters"),
    Doubt(_sums, "write the terms out"),
    Doubt(_derivatives, "a derivative is written ∂(…)/∂x; a product with *"),
    Doubt(_calls, "an unknown function? write a product with *"),
    Doubt(_words, "write a product with *"),
    Doubt(_numbers, "write * between two numbers, or one number"),
    Doubt(_arguments, "put the argument in brackets"),
    Doubt(_below, "put what stands below in brackets"),
    Doubt(_above, "put the exponent in brackets"),
)
