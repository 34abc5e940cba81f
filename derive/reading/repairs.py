"""Repairs of what is written: each row is one mistake of the pen and how it is undone, tried in the table's order."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from msgspec import Struct

from derive.reading.spelling import looks_like, near
from derive.reading.tokens import Piece
from derive.reading.vocabulary import Resolving


class Scope(Struct, frozen=True):
    """What repairs may use: how words are resolved, and how the document spells each name."""

    names: Resolving
    spellings: Mapping[str, tuple[str, ...]]
    is_quantity: Callable[[str], bool]


Undo = Callable[[str, list[Piece], Scope], Iterator[str]]


class Repair(Struct, frozen=True):
    """A mistake's message, the smallest text that has it, how it is undone, and whether it can mean one thing only."""

    message: str
    example: str
    undo: "Undo"
    safe: bool = False


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


ALIKE = tuple(str.maketrans(one, other) for one, other in (("0", "o"), ("O", "0"), ("l", "1"), ("I", "1"), ("o", "0")))
"""Signs that are typed for each other."""


def _mistyped(find: Callable[[str, Mapping[str, tuple[str, ...]]], tuple[str, ...]]) -> "Undo":
    """Every place of the first unknown word is exchanged at once: who types a_01 types it again."""

    def undo(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
        unknown = next((p for p in pieces if p.kind == "UNKNOWN" and p.value[0].isalpha()), None)
        if unknown is None:
            return
        places = [p for p in reversed(pieces) if p.kind == "UNKNOWN" and p.value == unknown.value]
        d = unknown.value[0] if unknown.value[0] in "dδ" else ""
        if find is looks_like:
            for instead in dict.fromkeys(unknown.value.translate(table) for table in ALIKE):
                resolved = scope.names.resolve(instead) if instead != unknown.value else None
                if resolved is not None and len(resolved) == 1:
                    found = text
                    for piece in places:
                        found = _put(found, piece.start, piece.end, instead)
                    yield found
        for sign, written in (("", unknown.value), (d, unknown.value[1:].lstrip("_"))):
            if sign != "" or written == unknown.value:
                for name in find(written, scope.spellings):
                    found = text
                    for piece in places:
                        found = _put(found, piece.start, piece.end, sign + scope.spellings[name][0])
                    yield found

    return undo


def _look_alike(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    if "¡" in text:
        yield text.replace("¡", "i")


def _torn(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    """`a_ o2` and `a-h_1` are a_o2 and a_h_1, where only that is a name."""
    for first, second in pairs(pieces):
        if (
            first.kind == "UNKNOWN"
            and second.kind in ("NAME", "UNKNOWN")
            and text[first.end : second.start] in (" ", "")
        ):
            yield _put(text, first.end, second.start, "")
    for first, sign, second in zip(pieces, pieces[1:], pieces[2:], strict=False):
        joined = f"{text[first.start : first.end]}_{text[second.start : second.end]}"
        if first.kind == "UNKNOWN" and sign.kind == "MINUS" and first.end == sign.start and sign.end == second.start:
            found = scope.names.resolve(joined)
            if found is not None and len(found) == 1:
                yield _put(text, sign.start, sign.end, "_")


def _lost_exponent(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    for first, second in pairs(pieces):
        if first.kind == "CLOSE" and second.kind == "NUMBER" and first.end == second.start and second.value in "23":
            yield _put(text, first.end, second.start, "^")


def _lost_caret(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    """`e-h1` is e^-h1 where e is no name."""
    for first, second in pairs(pieces):
        if first.kind == "CONSTANT" and second.kind in ("MINUS", "NAME") and first.value == "e":
            yield _put(text, first.end, second.start, "^")


def _missing_above(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    """E1/∂w5: a ∂ before the operand that stands over /∂, or within its brackets."""
    for number, piece in enumerate(pieces):
        if piece.kind != "OVER":
            continue
        after = [p.kind for p in pieces[number + 1 : number + 3]]
        if after[:1] != ["PARTIAL"] and after != ["OPEN", "PARTIAL"]:
            continue
        start = _operand_start(pieces, number - 1)
        if start is None or "PARTIAL" in [p.kind for p in pieces[max(0, start - 1) : number]]:
            continue
        inside = start + 1 if pieces[start].kind == "OPEN" and after == ["OPEN", "PARTIAL"] else start
        yield _put(text, pieces[inside].start, pieces[inside].start, "∂")


def _missing_below(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    """∂a_o1/o1: a ∂ before the name below."""
    for number, piece in enumerate(pieces[:-1]):
        after = pieces[number + 1]
        if piece.kind != "OVER" or after.kind not in ("NAME", "OPEN"):
            continue
        start = _operand_start(pieces, number - 1)
        if start is None:
            continue
        above = [p.kind for p in pieces[max(0, start - 1) : number]]
        if "PARTIAL" in above and "OVER" not in above:
            below = pieces[number + 2] if after.kind == "OPEN" and number + 2 < len(pieces) else after
            yield _put(text, below.start, below.start, "∂")


def _missing_slash(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    for number, piece in enumerate(pieces[2:], start=2):
        if piece.kind == "PARTIAL" and pieces[number - 1].kind in ("CLOSE", "NAME"):
            start = _operand_start(pieces, number - 1)
            if start and pieces[start - 1].kind in ("PARTIAL", "FUNCTION"):
                yield _put(text, piece.start, piece.start, "/")


def _stray_differential(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    """d(a*dw5)/dw5: the d within the brackets is one too many; all of them at once."""
    found = text
    level = 0
    strays: list[Piece] = []
    for number, piece in enumerate(pieces):
        level += (piece.kind == "OPEN") - (piece.kind == "CLOSE")
        if piece.kind == "PARTIAL" and level and pieces[number - 1].kind in ("TIMES", "PLUS", "MINUS"):
            following = [p.kind for p in pieces[number + 1 : number + 3]]
            if following[:1] == ["NAME"] and following[1:] != ["OVER"]:
                strays.append(piece)
    for piece in reversed(strays):
        found = _put(found, piece.start, piece.end, "")
    if strays:
        yield found


def _two_operators(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    for first, second in pairs(pieces):
        if first.kind == second.kind == "TIMES" or (first.kind == second.kind == "PLUS"):
            yield _put(text, first.start, first.end, "")
    if pieces and pieces[-1].kind in ("TIMES", "PLUS"):
        yield text[: pieces[-1].start]
    if pieces and pieces[0].kind in ("TIMES", "OVER"):
        yield text[pieces[0].end :]


def _missing_operator(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    """`1/(1exp(-h1))`: between a 1 and what follows it an operator was lost."""
    for first, second in pairs(pieces):
        if first.value == "1" and first.end == second.start and second.kind in ("NAME", "FUNCTION", "OPEN"):
            for sign in "+-*":
                yield _put(text, first.end, first.end, sign)


def _missing_close(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    if sum((p.kind == "OPEN") - (p.kind == "CLOSE") for p in pieces) != 1:
        return
    yield text.rstrip() + ")"
    level = 0
    for number, piece in enumerate(pieces):
        level += (piece.kind == "OPEN") - (piece.kind == "CLOSE")
        following = pieces[number + 1].kind if number + 1 < len(pieces) else ""
        if (
            level
            and piece.kind in ("CLOSE", "NAME", "NUMBER", "SUPERSCRIPT")
            and following in ("TIMES", "OVER", "PLUS", "OPEN")
        ):
            yield _put(text, piece.end, piece.end, ")")
    opened = [p for p in pieces if p.kind == "OPEN"]
    for piece in opened:
        yield _put(text, piece.start, piece.end, "")


def _missing_open(text: str, pieces: list[Piece], scope: Scope) -> Iterator[str]:
    if sum((p.kind == "OPEN") - (p.kind == "CLOSE") for p in pieces) != -1:
        return
    yield "(" + text.lstrip()
    for number, piece in enumerate(pieces):
        before = pieces[number - 1].kind if number else ""
        if before in ("TIMES", "OVER", "PLUS", "MINUS", "FUNCTION", "PARTIAL") and piece.kind in (
            "OPEN",
            "NAME",
            "NUMBER",
        ):
            yield _put(text, piece.start, piece.start, "(")
    for piece in [p for p in pieces if p.kind == "CLOSE"]:
        yield _put(text, piece.start, piece.end, "")


def pairs(pieces: list[Piece]) -> Iterator[tuple[Piece, Piece]]:
    return pairwise(pieces)


def _operand_start(pieces: list[Piece], last: int) -> int | None:
    """Where the operand that ends at a token begins."""
    if last < 0:
        return None
    if pieces[last].kind == "NAME":
        return last
    if pieces[last].kind != "CLOSE":
        return None
    level = 0
    for number in range(last, -1, -1):
        level += (pieces[number].kind == "CLOSE") - (pieces[number].kind == "OPEN")
        if level == 0:
            return number - 1 if number and pieces[number - 1].kind == "FUNCTION" else number
    return None


_ROWS = {
    "look-alike": Repair("a sign that looks like a letter", "w2*¡2", _look_alike, safe=True),
    "alike": Repair("a name typed with a sign that looks alike", "(a_01 - t1)", _mistyped(looks_like), safe=True),
    "name": Repair("a name mistyped", "(ao_o1 - t1)", _mistyped(near)),
    "torn name": Repair("a name torn apart", "(1 - a_ o2)", _torn, safe=True),
    "exponent": Repair("the ^ of an exponent lost", "½*(t1 - a_o1)2", _lost_exponent, safe=True),
    "caret": Repair("the ^ after e lost", "1/(1 + e-h1)", _lost_caret, safe=True),
    "∂ above": Repair("a ∂ missing above", "E1/∂w5", _missing_above, safe=True),
    "∂ below": Repair("a ∂ missing below", "∂a_o1/o1", _missing_below, safe=True),
    "slash": Repair("the / of a derivative missing", "∂σ(o1)∂o1", _missing_slash),
    "d": Repair("a d before a variable", "∂(a_h1*∂w5)/∂w5", _stray_differential, safe=True),
    "operator": Repair("an operator written twice", "a_o1 * * w5", _two_operators),
    "no operator": Repair("an operator missing behind a 1", "1/(1exp(-h1))", _missing_operator),
    ")": Repair("a bracket not closed", "(a_o1 - t1", _missing_close),
    "(": Repair("a bracket not opened", "a_o1 - t1) * w5", _missing_open),
}  # fmt: skip
REPAIRS: Mapping[str, Repair] = MappingProxyType(_ROWS)
