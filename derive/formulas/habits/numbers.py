"""Numbers as people type them: 0,5 for 0.5, 50,000 and 50.000 for 50000, as only a whole document shows."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.brackets import depth_of, partners
from derive.formulas.tokens import Token, token_at

_MANY_COMMAS = 3
"""So many commas outweigh a decimal point."""
_FIRST_DIGITS = re.compile(r"[1-9]\d{0,2}")
_DIGITS = re.compile(r"\d{3}(?:\.\d+)?")
"""What stands before and behind the commas of 3,313,992.85."""
_POINTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
"""Thousands with points: 1.250.000."""
_APART = 2
"""So far from each other stand the groups of 50,000; further those of 50{,}000, which is no list."""


def with_numbers(lines: Iterable[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines with decimal commas as points where a document writes so, else with its thousands as one number."""
    whole = _with_whole_points(lines)
    return _with_points(whole) if _has_decimal_commas(whole) else [_joined_thousands(tokens) for tokens in whole]


def _with_whole_points(lines: Iterable[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines in which a number of several points is one token: 1.250.000 and, in such a document, 625.000 are thousands
    where its decimals have commas; else nobody can tell, as with 0.5.5.
    """
    whole = [tuple(_whole(tokens)) for tokens in lines]
    if not any(token.kind == "NUMBER" and token.value.count(".") > 1 for tokens in whole for token in tokens):
        return whole

    def plain(token: Token, known: bool) -> Token:
        if token.kind != "NUMBER" or not _POINTED.fullmatch(token.value):
            return token
        return replace(token, value=token.value.replace(".", "")) if known else replace(token, kind="UNKNOWN")

    without = [tuple(plain(token, True) for token in tokens) for tokens in whole]
    if _has_decimal_commas(without):
        return without
    return [tuple(plain(token, False) for token in tokens) for tokens in whole]


def _whole(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with those of 1.250.000, which are 1.250 and .000, as one; of 0.5.5 behind a sign as nothing known."""
    place = 0
    while place < len(tokens):
        token, begin = tokens[place], place
        while token.kind == "NUMBER" and "." in token.value and _goes_on(token_at(tokens, place + 1)):
            place += 1
            token = replace(token, value=token.value + tokens[place].value, end=tokens[place].end)
        if place == begin or _POINTED.fullmatch(token.value):
            yield token
        elif begin:
            yield replace(token, kind="UNKNOWN")
        else:  # 1.2.3 before a line is its number
            yield from tokens[: place + 1]
        place += 1


def _goes_on(token: Token) -> bool:
    return token.kind == "NUMBER" and token.value.startswith(".") and not token.spaced


def _has_decimal_commas(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document writes 0,5 for 0.5: commas close between numbers, one of them behind a 0, and no decimal point
    at all, or hardly any beside those that make no pair, (0,1), and no list; 0{,}5 can be nothing else.
    """
    found, points, bare = False, 0, 0
    for tokens in lines:
        points += sum(token.kind == "NUMBER" and "." in token.value.rstrip(".") for token in tokens)
        for place in _decimal(tokens):
            kinds = token_at(tokens, place - 2).kind, token_at(tokens, place + 2).kind
            bare += tokens[place - 1].value == "0" and kinds != ("OPEN", "CLOSE") and kinds[1] != "COMMA"
            is_braced = _width(tokens, place) == 2
            if is_braced and tokens[place - 2].value == "0":
                return True
            found = found or is_braced or tokens[place - 1].value == "0"
    return found and bare >= _MANY_COMMAS * points


def _decimal(tokens: Sequence[Token]) -> Iterator[int]:
    """The commas close between numbers that may be those of decimals: of 1,0,2 none is."""
    commas = set(_commas(tokens))
    yield from (place for place in commas if commas.isdisjoint((place - 2, place + 2)))


def _with_points(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines with decimal commas as points.

    60,000 stays, since it may be thousands, where neither 0,125 nor, for 60{,}000, a braced 0{,}5 or 2{,}5, which has
    no three digits, tells of decimals.
    """
    seen = {
        (wide, len(tokens[place + wide].value))
        for tokens in lines
        for place in _commas(tokens)
        if tokens[place - (wide := _width(tokens, place))].value == "0" or _is_braced_decimal(tokens, place)
    }
    widths = {1, 2} if any(digits == 3 for _, digits in seen) else {wide for wide, _ in seen} - {1}
    return [_pointed(tokens, widths) for tokens in lines]


def _is_braced_decimal(tokens: Sequence[Token], place: int) -> bool:
    """Whether a braced comma has other than three digits behind it: 2{,}5 and 2{,}0455 are no thousands."""
    return _width(tokens, place) > 1 and len(tokens[place + 2].value) != len("000")


def _pointed(tokens: Sequence[Token], widths: Collection[int]) -> tuple[Token, ...]:
    """Tokens with decimal commas as points, those of what may be thousands only where they are so wide."""
    made = list(tokens)
    for place in sorted(_decimal(tokens), reverse=True):
        wide = _width(tokens, place)
        left, right = made[place - wide], made[place + wide]  # those to the right are joined already
        if wide in widths or not (_FIRST_DIGITS.fullmatch(left.value) and _DIGITS.fullmatch(right.value)):
            made[place - wide : place + wide + 1] = [replace(left, value=f"{left.value}.{right.value}", end=right.end)]
    return tuple(made)


def _joined_thousands(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with 50,000 and 3,313,992.85 as one number; in brackets, where (1,200) may be two, only what has several
    commas, a braced one or a point behind them. The braces of a fraction are no such brackets.
    """
    commas = set(_commas(tokens))
    made: list[Token] = []
    opened, place = [True], 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "OPEN":
            opened.append(token.value == "{" and token_at(tokens, place - 1).kind in ("FRACTION", "CLOSE"))
        elif token.kind == "CLOSE" and len(opened) > 1:
            opened.pop()
        ends = _groups(tokens, place, commas)
        is_one = opened[-1] or (ends and (ends[0] - place > _APART or "." in tokens[ends[-1]].value))
        if len(ends) > 1 or (ends and is_one):
            digits = "".join(tokens[end].value for end in (place, *ends))
            token, place = replace(token, value=digits, end=tokens[ends[-1]].end), ends[-1]
        made.append(token)
        place += 1
    return tuple(made)


def _groups(tokens: Sequence[Token], place: int, commas: Collection[int]) -> list[int]:
    """The places of the groups of three digits behind the number at a place, each with its comma before it."""
    found: list[int] = []
    if not _FIRST_DIGITS.fullmatch(tokens[place].value):
        return found
    while "." not in tokens[place].value:
        comma = next((at for at in (place + 1, place + 2) if at in commas), -1)
        if comma < 0 or not _DIGITS.fullmatch(tokens[place := comma + _width(tokens, comma)].value):
            break
        found.append(place)
    return found


def _commas(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of commas that stand close between two numbers, braced or not: 0,5 and 0{,}5."""
    separators = frozenset(_separators(tokens))
    for place, comma in enumerate(tokens):
        if comma.kind != "COMMA" or comma.spaced or place in separators:
            continue
        wide = _width(tokens, place)
        left, right = token_at(tokens, place - wide), token_at(tokens, place + wide)
        if left.kind == right.kind == "NUMBER" and left.value.isdigit() and not right.spaced:
            yield place


def _separators(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the commas without which a function of several numbers had but one: max(0,1-x)."""
    for opened, closed in partners(tokens).items():
        if token_at(tokens, opened - 1).value in ("max", "min"):
            inside = range(opened + 1, closed)
            commas = [at for at in inside if tokens[at].kind == "COMMA" and not depth_of(tokens[opened + 1 : at])]
            if len(commas) == 1:
                yield commas[0]


def _width(tokens: Sequence[Token], place: int) -> int:
    """How far from a comma the numbers beside it stand: two tokens where it is braced."""
    return 2 if token_at(tokens, place - 1).value == "{" and token_at(tokens, place + 1).value == "}" else 1


def doubted(tokens: Sequence[Token]) -> Iterator[Token]:
    """A comma close between two numbers that may be a decimal one or a list's: nobody can tell, so it is no
    punctuation; j = 1,2,3 can only be a list.
    """
    level = 0
    commas = set(_commas(tokens))
    doubtful = {place for place in commas if commas.isdisjoint((place - 2, place + 2))}
    for place, token in enumerate(tokens):
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        yield replace(token, kind="UNKNOWN") if place in doubtful and level == 0 else token
