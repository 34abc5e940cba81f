"""A formula's text as tokens: signs by the tables of notation, words by the names that are declared."""

import re
from collections.abc import Iterable

from msgspec import Struct

from derive.errors import DeriveError
from derive.reading.functions import FURTHER
from derive.reading.notation import FRACTIONS, SUBSCRIPTS, canonical
from derive.reading.vocabulary import CONSTANTS, LONGEST_WORD, FreeNames, Names, Resolving
from derive.rules import SPELLINGS


class Piece(Struct, frozen=True):
    """One token: its kind as in the grammar, what it stands for, and where it stands in the text."""

    kind: str
    value: str
    start: int
    end: int


PATTERNS = (
    ("BLANK", r"\s+"),
    ("DOT", r"(?<=\s)\.(?=\s)|(?<=[)\]}])\.(?=[(\[{A-Za-z])|(?<=\d)\.(?=[(\[{])"),
    ("UNKNOWN", r"\\[A-Za-z]+|//|\.{2,}|\.[a-z_]{2,}"),
    ("NUMBER", r"\d+(?:\.\d+|\.(?![.\d(\[{]))?(?:[eE][+-]?\d+(?![\w.]))?|\.\d+(?:[eE][+-]?\d+(?![\w.]))?"),
    ("FRACTION", "[" + "".join(FRACTIONS) + "]"),
    ("SUPERSCRIPT", r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"),
    ("POWER", r"\*\*|\^"),
    ("PARTIAL", r"∂"),
    ("WORD", r"[^\W\d_](?:(?![⁰¹²³⁴-⁹½⅓⅔¼¾⅛⅒])\w)*⁺?"),
    ("PLUS", r"\+"),
    ("MINUS", "-"),
    ("TIMES", r"\*"),
    ("OVER", "/"),
    ("OPEN", r"[(\[{]"),
    ("CLOSE", r"[)\]}]"),
    ("BAR", r"\|"),
    ("PRIME", "'"),
    ("COMMA", ","),
)
_OVER_D = re.compile(r"/\s*[({]?\s*[d∂]\s*[^\W\d]")
_LEXER = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PATTERNS))
_OPERANDS = frozenset({"NUMBER", "NAME", "CALLED", "CONSTANT", "CLOSE", "BAR_CLOSE", "SUPERSCRIPT"})
_MATCHING = {"(": ")", "[": "]", "{": "}"}
MOST_BARS = 6
DEEPEST = 60
"""Brackets nested deeper than this are refused: no person writes them, and recursion has an end."""


def tokenize(text: str, names: Resolving) -> tuple[Piece, ...]:
    """The tokens of one formula; DeriveError names the column of a word or sign that is not known.

    `w1i1` becomes two names where these are declared, `dE1/dw5` a ratio of differentials, `[` and `{` plain brackets.
    """
    pieces = raw(canonical(text), names)
    refuse_unknown(pieces, text)
    return with_ratios(checked_brackets(pieces))


def refuse_unknown(pieces: Iterable[Piece], text: str) -> None:
    """DeriveError at the first word or sign that is not known, and at a number that a bracket ran into."""
    before: Piece | None = None
    pieces = tuple(pieces)
    signs = tuple(piece for piece in pieces if piece.kind == "UNKNOWN" and not piece.value[0].isalpha())
    for piece in (*signs[:1], *pieces):  # a sign that is not known says more than a name
        if piece.kind == "UNKNOWN":
            found = (
                "is not a declared name" if piece.value[0].isalpha() else f"is not part of a formula: {text.strip()}"
            )
            raise DeriveError(f"column {piece.start + 1}", f'"{text[piece.start : piece.end]}" {found}')
        if before is not None and before.kind == "CLOSE" and piece.kind == "NUMBER" and before.end == piece.start:
            raise DeriveError(
                f"column {piece.start + 1}",
                f'"{before.value}" is followed by "{piece.value}": {text.strip()}',
                "a lost exponent? write ^2 or ²",
            )
        before = piece


def raw(text: str, names: Resolving) -> list[Piece]:
    """The tokens of a canonical text, brackets unchecked; a word or sign that is not known is of the kind UNKNOWN."""
    found: list[Piece] = []
    place = 0
    while place < len(text):
        match = _LEXER.match(text, place)
        if match is None:
            found.append(Piece("UNKNOWN", text[place], place, place + 1))
            place += 1
            continue
        kind = str(match.lastgroup)
        value = match.group()
        start, place = place, match.end()
        if kind == "WORD" and _is_differential(text, start, place, value, names):
            found.append(Piece("PARTIAL", value[0], start, start + 1))
            found.extend(word(value[1:], start + 1, names) or [])
        elif value == "d" and _OVER_D.search(text) and not isinstance(names, FreeNames | Names):  # whatever else d is
            found.append(Piece("PARTIAL", value, start, place))
        elif kind == "WORD":
            found.extend(word(value, start, names) or [Piece("UNKNOWN", value, start, place)])
        elif kind == "BAR":
            closes = bool(found) and found[-1].kind in _OPERANDS and _bar_is_open(found)
            found.append(Piece("BAR_CLOSE" if closes else "BAR_OPEN", value, start, place))
        elif kind == "FRACTION":
            found.append(Piece("NUMBER", value, start, place))
        elif kind == "DOT":
            found.append(Piece("TIMES", value, start, place))
        elif kind != "BLANK":
            found.append(Piece(kind, value, start, place))
    return _with_deltas(found, text, names)


def _is_differential(text: str, start: int, end: int, value: str, names: Resolving) -> bool:
    """Whether dw5 stands in a ratio and so is a differential, even where a name is spelled so."""
    if value[0] != "d" or len(value) < 2 or not value[1].isalpha():
        return False
    ratio = re.search(r"/\s*[({]?\s*\Z", text[:start]) if text[:start].count("d") else None
    above = re.match(r"\s*[)}]?\s*/\s*[({]?\s*d", text[end:])
    return bool(ratio or above) and names.resolve(value) is not None and word(value[1:], start + 1, names) is not None


def _with_deltas(pieces: list[Piece], text: str, names: Resolving) -> list[Piece]:
    """A δ or Δ that is no part of a ratio belongs to the name behind it: δ h1 is δ_h1."""
    found: list[Piece] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        joined = None
        if text[piece.start : piece.start + 1] in "δΔ" and piece.end == piece.start + 1 and place + 1 < len(pieces):
            following = next((p.kind for p in pieces[place + 2 : place + 4] if p.kind != "CLOSE"), "")
            before = next((p.kind for p in found[:-3:-1] if p.kind != "OPEN"), "")
            after = pieces[place + 1]
            if after.kind in ("NAME", "UNKNOWN") and following != "OVER" and before != "OVER":
                joined = names.resolve(f"{text[piece.start]}_{text[after.start : after.end]}")
        if joined is not None and len(joined) == 1:
            found.append(Piece("NAME", joined[0], piece.start, pieces[place + 1].end))
            place += 2
        else:
            found.append(piece)
            place += 1
    return found


def _bar_is_open(found: list[Piece]) -> bool:
    return sum((p.kind == "BAR_OPEN") - (p.kind == "BAR_CLOSE") for p in found) > 0


def word(value: str, start: int, names: Resolving) -> list[Piece] | None:
    """The tokens of one word: a function, a name, a product of names, or a differential; None where it is not known."""
    if len(value) > LONGEST_WORD:
        return None
    plain = "".join(SUBSCRIPTS.get(char, char) for char in value)
    end = start + len(value)
    if plain in SPELLINGS or (plain in FURTHER and not isinstance(names, Names) and names.resolve(plain) is None):
        return [Piece("FUNCTION", plain, start, end)]
    if plain in getattr(names, "functions", ()):
        return [Piece("CALLED", plain, start, end)]
    resolved = names.resolve(plain)
    if resolved is not None:
        constants = CONSTANTS if isinstance(names, FreeNames) else frozenset[str]()
        return [Piece("CONSTANT" if name in constants else "NAME", name, start, end) for name in resolved]
    if plain in CONSTANTS:
        return [Piece("CONSTANT", plain, start, end)]
    if isinstance(names, FreeNames):
        return None
    if plain[0] in "dδ":
        if len(plain) == 1:
            return [Piece("PARTIAL", plain, start, end)]
        rest = word(plain[1:], start + 1, names) if plain[1].isalpha() else None
        if rest is not None:
            return [Piece("PARTIAL", plain[0], start, start + 1), *rest]
    return None


def checked_brackets(pieces: list[Piece]) -> list[Piece]:
    """The same tokens, once every bracket has its partner and none is nested too deep."""
    waiting: list[Piece] = []
    bars = 0
    for piece in pieces:
        bars += (piece.kind == "BAR_OPEN") - (piece.kind == "BAR_CLOSE")
        if bars > MOST_BARS:
            raise DeriveError(f"column {piece.start + 1}", f"more than {MOST_BARS} absolute values inside each other")
        if piece.kind == "OPEN":
            waiting.append(piece)
            if len(waiting) > DEEPEST:
                raise DeriveError(f"column {piece.start + 1}", f"more than {DEEPEST} brackets inside each other")
        elif piece.kind == "CLOSE":
            if not waiting:
                raise DeriveError(
                    f"column {piece.start + 1}",
                    f'"{piece.value}" closes nothing',
                    "write the bracket that it closes, or leave it out",
                )
            opened = waiting.pop()
            if _MATCHING[opened.value] != piece.value:
                raise DeriveError(
                    f"column {piece.start + 1}",
                    f'"{piece.value}" closes "{opened.value}"',
                    f'close it with "{_MATCHING[opened.value]}"',
                )
    if waiting:
        raise DeriveError(
            f"column {waiting[-1].start + 1}",
            f'"{waiting[-1].value}" is never closed',
            f'close it with "{_MATCHING[waiting[-1].value]}"',
        )
    return pieces


def with_ratios(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Slashes before a ∂ become PER, with the denominator's ∂ and its brackets: (∂E)/(∂w5) is (∂E) PER w5."""
    found: list[Piece] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        after = [p.kind for p in pieces[place + 1 : place + 5]]
        if piece.kind == "OVER" and after[:1] == ["PARTIAL"]:
            found.append(Piece("PER", "/∂", piece.start, pieces[place + 1].end))
            place += 2
        elif piece.kind == "OVER" and after == ["OPEN", "PARTIAL", "NAME", "CLOSE"]:
            found.append(Piece("PER", "/∂", piece.start, pieces[place + 2].end))
            found.append(pieces[place + 3])
            place += 5
        elif piece.kind == "OPEN" and after[:3] == ["PARTIAL", "CLOSE", "OVER"]:
            found.append(pieces[place + 1])
            place += 3
        else:
            found.append(piece)
            place += 1
    return tuple(found)
