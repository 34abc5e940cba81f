"""Habits of typing: 0,5 for 0.5 and the letter x for a cross, as only a whole document shows; and f(x): A → B = …"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.tokens import Token

_LAST = frozenset("NUMBER WORD CLOSE SUPERSCRIPT PRIME END".split())
_FIRST = frozenset("NUMBER WORD OPEN FRACTION ROOT PARTIAL".split())


def habitual(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines with decimal commas as points and crosses as products, where it writes so."""
    pointed = [_with_points(line) for line in lines] if _has_decimal_commas(lines) else lines
    crossed = [_with_products(line) for line in pointed] if _has_crosses(pointed) else pointed
    return [tuple(_doubted(_without_spaces(line))) for line in crossed]


_SPACES = frozenset("WORD POWER NUMBER TIMES OPEN CLOSE COMMA ARROW".split())


def _without_spaces(tokens: Sequence[Token]) -> Sequence[Token]:
    """Tokens without the spaces between which a function goes: f(x): R^3 → R = … is f(x) = …"""
    kinds = [token.kind for token in tokens]
    for place, token in enumerate(tokens):
        if token.shown and token.value in (":", r"\colon") and "RELATION" in kinds[place:]:
            end = kinds.index("RELATION", place)
            between = kinds[place + 1 : end]
            if "ARROW" in between and _SPACES.issuperset(between):
                return (*tokens[:place], *_without_spaces(tokens[end:]))
    return tokens


def _is_cross(tokens: Sequence[Token], place: int) -> bool:
    """Whether an x stands between two operands as a sign does, with blanks on both sides."""
    inside = 0 < place < len(tokens) - 1
    return (
        inside
        and tokens[place].spaced
        and tokens[place + 1].spaced
        and tokens[place - 1].kind in _LAST
        and tokens[place + 1].kind in _FIRST
    )


def _has_crosses(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document's letter x is never anything but a cross."""
    crosses = [
        _is_cross(tokens, place) and not token.shown
        for tokens in lines
        for place, token in enumerate(tokens)
        if token.kind == "WORD" and token.value == "x"
    ]
    return bool(crosses) and all(crosses)


def _with_products(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with each x as a sign of multiplication."""
    return tuple(
        replace(token, kind="TIMES", value="*") if token.kind == "WORD" and token.value == "x" else token
        for token in tokens
    )


def _commas(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of commas that stand close between two numbers, braced or not: 0,5 and 0{,}5."""
    for place in range(1, len(tokens) - 1):
        braced = (
            tokens[place].kind == "COMMA"
            and place > 1
            and tokens[place - 1].value == "{"
            and tokens[place + 1].value == "}"
        )
        left, right = (place - 2, place + 2) if braced else (place - 1, place + 1)
        if (
            (
                tokens[place].kind == "COMMA"
                and right < len(tokens)
                and tokens[left].kind == tokens[right].kind == "NUMBER"
            )
            and not tokens[place].spaced
            and not tokens[right].spaced
            and tokens[left].value.isdigit()
        ):
            yield place


def _has_decimal_commas(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document writes 0,5 for 0.5: commas close between numbers, one of them behind a 0, and no point at
    all.
    """
    found = False
    for tokens in lines:
        if any(token.kind == "NUMBER" and "." in token.value for token in tokens):
            return False
        found = found or any(
            tokens[max(0, place - 1)].value == "0" or tokens[place - 1].value == "{" for place in _commas(tokens)
        )
    return found


def _with_points(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with decimal commas as points."""
    made = list(tokens)
    for place in sorted(_commas(tokens), reverse=True):
        wide = 2 if made[place - 1].value == "{" else 1
        left, right = made[place - wide], made[place + wide]
        made[place - wide : place + wide + 1] = [
            Token("NUMBER", f"{left.value}.{right.value}", left.start, right.end, left.spaced, left.shown)
        ]
    return tuple(made)


def _doubted(tokens: Sequence[Token]) -> Iterator[Token]:
    """A comma close between two numbers that may be a decimal one or a list's: nobody can tell, so it is no
    punctuation.
    """
    level = 0
    doubtful = set(_commas(tokens))
    for place, token in enumerate(tokens):
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        yield (
            Token("UNKNOWN", ",", token.start, token.end, token.spaced, token.shown)
            if place in doubtful and level == 0
            else token
        )
