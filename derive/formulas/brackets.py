"""The brackets of a line of tokens: which closes which, and how many are open."""

from collections.abc import Iterable, Sequence

from derive.formulas.tokens import Token


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


def opening_of(tokens: Sequence[Token], close: int) -> int:
    """The place of the bracket that the one at a place closes; -1 where it closes nothing."""
    level = 0
    for place in range(close, -1, -1):
        level += (tokens[place].kind == "CLOSE") - (tokens[place].kind == "OPEN")
        if level == 0:
            return place
    return -1
