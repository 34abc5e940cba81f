"""Markdown's emphasis: stars around words or a whole formula are taken away, the stars of products stay."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from msgspec import Struct

from derive.documents.layout import Kind
from derive.documents.traced import Traced


class Piece(Struct, frozen=True):
    """A stretch in the making; a mark may be emphasis, an end is a line's."""

    kind: Kind | Literal["mark", "end"]
    text: Traced


_MOST_OPEN = 12
_LONGEST = 2_000
_OPAQUE = "￼"
"""Stands for a formula or code."""
_BEFORE = re.compile(r"[\s(\[{\"'“‘«:,;.>—–/*_|⺀-\uffef-]")
_BEHIND = re.compile(r"[\s)\]}\"'”’».,:;!?<—–/*_|⺀-\uffef-]")
_RELATION = re.compile(r"[=≈≠≤≥←→⟵⟶]|->|<-")
_PROSE = re.compile(r"(?<![\w\\∂])[^\W\d_]{3,}(?![\w(])|:")
_OPERATOR_AT_END = re.compile(r"\A[\s=+*/^·×)\]]|[=+*/^·×(\[-]\s*\Z")
_AFTER_PROSE = re.compile(r"(?:\A|[.,:;!?(—–-]|(?<![\w\\∂])[^\W\d_]{2,})\s*\Z")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def without_emphasis(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a block without the marks that are emphasis; every other mark is words again."""
    marks = [number for number, piece in enumerate(pieces) if piece.kind == "mark"]
    if not marks:
        return list(pieces)
    dropped = set(_around_lines(pieces))
    opened: list[int] = []
    for number in marks:
        if number in dropped:
            continue
        mark = pieces[number].text.text
        before = _shown(pieces[number - 1]) if number else "\n"
        behind = _shown(pieces[number + 1]) if number + 1 < len(pieces) else "\n"
        if not before[-1:].isspace() and _BEHIND.match(behind):
            fitting = [place for place, other in enumerate(opened) if pieces[other].text.text == mark]
            if fitting and _is_emphasis(pieces, opened[fitting[-1]], number):
                dropped |= {opened[fitting[-1]], number}
                del opened[fitting[-1] :]
                continue
        if not behind[:1].isspace() and _BEFORE.match(before[-1:] or "\n"):
            opened = [*opened[-_MOST_OPEN:], number]
    return [
        Piece("words", piece.text) if piece.kind == "mark" else piece
        for number, piece in enumerate(pieces)
        if number not in dropped
    ]


def _around_lines(pieces: Sequence[Piece]) -> Iterator[int]:
    """The marks that a whole line of words stands between, be there blanks within: ** 2. Substitution **, **b)**"""
    start = 0
    for number in [n for n, piece in enumerate(pieces) if piece.kind == "end"] + [len(pieces)]:
        line = [n for n in range(start, number) if pieces[n].kind != "words" or pieces[n].text.text.strip()]
        start = number + 1
        if len(line) > 2 and pieces[line[0]].kind == pieces[line[-1]].kind == "mark":
            inside = "".join(map(_shown, pieces[line[0] + 1 : line[-1]]))
            mark = pieces[line[0]].text.text
            if mark == pieces[line[-1]].text.text and (_PROSE.search(inside) or (len(mark) > 1 and inside[-1] in ").")):
                yield from (line[0], line[-1])


def _shown(piece: Piece) -> str:
    return {"end": "\n", "formula": _OPAQUE, "code": _OPAQUE}.get(piece.kind, piece.text.text)


def _is_emphasis(pieces: Sequence[Piece], start: int, end: int) -> bool:
    """Whether two marks enclose words or a whole formula, not a factor."""
    if end - start > _LONGEST:
        return False
    inside = "".join(map(_shown, pieces[start + 1 : end]))
    if len(inside) > _LONGEST or not inside.strip() or not _is_balanced(inside) or _OPERATOR_AT_END.search(inside):
        return False
    if _OPAQUE in inside or _RELATION.search(inside) or _PROSE.search(inside):
        return True
    if pieces[start].text.text == "_":
        return True
    if len(pieces[start].text) > 1:
        is_alone = end + 1 == len(pieces) or pieces[end + 1].kind == "end"  # no exponent stands behind it
        is_first = start == 0 or pieces[start - 1].kind == "end"  # nothing that is raised stands before it
        return is_alone or is_first or inside[0].isalpha() or inside[0] in "∂∆\\"
    line: list[str] = []
    for piece in reversed(pieces[max(0, start - 50) : start]):
        if piece.kind == "end":
            break
        line.insert(0, _shown(piece))
    before = "".join(chain(line))[-_LONGEST:]
    return inside[0] not in "(-0123456789" and not _RELATION.search(before) and bool(_AFTER_PROSE.search(before))


def _is_balanced(text: str) -> bool:
    opened: list[str] = []
    for sign in text:
        if sign in _BRACKETS:
            opened.append(_BRACKETS[sign])
        elif sign in ")]}" and (not opened or opened.pop() != sign):
            return False
    return not opened
