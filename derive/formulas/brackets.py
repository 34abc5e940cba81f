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
