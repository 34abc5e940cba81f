"""The brackets of a line of tokens: which closes which, and how many are open."""

from collections.abc import Iterable, Sequence

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


def depth_of(tokens: Iterable[Token]) -> int:
    """How many brackets more are opened than closed."""
    return sum((token.kind == "OPEN") - (token.kind == "CLOSE") for token in tokens)


def is_difference(tokens: Sequence[Token], minus: int) -> bool:
    """Whether the minus at a place stands in (a-b), and a sign of operation joins that bracket: no hyphen."""
    opened, closed = token_at(tokens, minus - 2), token_at(tokens, minus + 2)
    if opened.kind != "OPEN" or closed.kind != "CLOSE":
        return False
    before, after = token_at(tokens, minus - 3).kind, token_at(tokens, minus + 3).kind
    return (
        after in OPERATORS | {"SUPERSCRIPT"}
        or before in OPERATORS - {"RELATION"}
        or (before == "RELATION" and not after)
    )


def opening_of(tokens: Sequence[Token], close: int) -> int:
    """The place of the bracket that the one at a place closes; -1 where it closes nothing."""
    level = 0
    for place in range(close, -1, -1):
        level += (tokens[place].kind == "CLOSE") - (tokens[place].kind == "OPEN")
        if level == 0:
            return place
    return -1
