"""The brackets of a line of tokens: which closes which, and how many are open."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from derive.formulas.tokens import OPERATORS, Token, token_at


def partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Each opening bracket's place with that of its closing one."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind == "OPEN":
            waiting.append(place)
        elif token.kind == "CLOSE" and waiting:
            found[waiting.pop()] = place
    return found


def within(tokens: Sequence[Token]) -> frozenset[int]:
    """The places in brackets that are closed, those of the opening ones among them."""
    found: list[int] = []
    end = -1
    for opened, closed in sorted(partners(tokens).items()):
        if opened >= end:  # what lies in another pair is in it
            found += range(opened, closed)
            end = closed
    return frozenset(found)


def holds_comparison(tokens: Sequence[Token], opened: int) -> bool:
    """Whether a bracket that stands at a place holds a comparison, (z > 0), or an equality, [i = k], and nothing around
    it but brackets.
    """
    pairs = partners(tokens)
    while opened + 1 in pairs and pairs[opened + 1] + 1 == pairs.get(opened):
        opened += 1
    inside = tokens[opened : pairs.get(opened, opened)]
    depths = accumulate((token.kind == "OPEN") - (token.kind == "CLOSE") for token in inside)
    return any(d == 1 and t.kind in ("COMPARE", "RELATION") for d, t in zip(depths, inside, strict=True))


def depth_of(tokens: Iterable[Token]) -> int:
    """How many brackets more are opened than closed."""
    return sum((token.kind == "OPEN") - (token.kind == "CLOSE") for token in tokens)


def is_difference(tokens: Sequence[Token], minus: int) -> bool:
    """Whether the minus at a place stands in (a-b), and an operation or a factor joins that bracket: no hyphen."""
    opened, closed = token_at(tokens, minus - 2), token_at(tokens, minus + 2)
    if opened.kind != "OPEN" or closed.kind != "CLOSE":
        return False
    before, after = token_at(tokens, minus - 3).kind, token_at(tokens, minus + 3).kind
    return (
        _is_times(tokens, minus - 2)
        or after in OPERATORS | {"SUPERSCRIPT"}
        or before in OPERATORS - {"RELATION"}
        or (before == "RELATION" and not after)
    )


def _is_times(tokens: Sequence[Token], opened: int) -> bool:
    """Whether a bracket stands close behind a number, or one and a name, in a formula: = 3(pred-target), = 2x(a-b)."""
    place = opened
    while not tokens[place].spaced and token_at(tokens, place - 1).kind in ("WORD", "NUMBER"):
        place -= 1
        if tokens[place].kind == "NUMBER":
            return token_at(tokens, place - 1).kind in OPERATORS
    return False


def opening_of(tokens: Sequence[Token], close: int) -> int:
    """The place of the bracket that the one at a place closes; -1 where it closes nothing."""
    level = 0
    for place in range(close, -1, -1):
        level += (tokens[place].kind == "CLOSE") - (tokens[place].kind == "OPEN")
        if level == 0:
            return place
    return -1
