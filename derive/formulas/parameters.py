"""Parameters that are told by their squares: L(μ, σ²) is a function of σ, where all its calls have a square there."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from derive.formulas.brackets import partners
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import is_known


class _Argument(Struct, frozen=True):
    """An argument of a call of several: the function and the number of its arguments, and where it stands."""

    of: tuple[str, int, int]
    line: int
    start: int
    stop: int


def with_parameters(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines, each such argument without its 2; a name that stands nowhere without one is a
    quantity of its own, and keeps it.
    """
    arguments = [one for number, tokens in enumerate(lines) for one in _arguments(tokens, number)]
    squares = [one for one in arguments if is_square(lines[one.line], one.start, one.stop)]
    others = {one.of for one in arguments if one not in squares}
    roots = {tokens[at].value for tokens in lines for at in range(len(tokens)) if squares and _is_no_square(tokens, at)}
    dropped = {
        (one.line, place)
        for one in squares
        if one.of not in others and lines[one.line][one.start].value in roots
        for place in range(one.start + 1, one.stop)
    }
    return [
        tuple(token for place, token in enumerate(tokens) if (number, place) not in dropped)
        for number, tokens in enumerate(lines)
    ]


def is_square(tokens: Sequence[Token], start: int, stop: int) -> bool:
    """Whether these tokens are a name with a 2 above."""
    word, sign, two = (token_at(tokens, start + further) for further in range(3))
    return stop == start + 3 and word.kind == "WORD" and sign.kind == "POWER" and two.value == "2"


def _is_no_square(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name stands without a 2 above."""
    return tokens[place].kind == "WORD" and not is_square(tokens, place, place + 3)


def _arguments(tokens: Sequence[Token], number: int) -> Iterator[_Argument]:
    """The arguments of the calls in a line that have several; those of functions that everybody knows are none."""
    closes = partners(tokens)
    for place, token in enumerate(tokens):
        opened = token_at(tokens, place + 1)
        end = closes.get(place + 1, 0)
        if token.kind != "WORD" or opened.value != "(" or opened.spaced or end < place or is_known(token.value):
            continue
        within = {at for begin, close in closes.items() if place + 1 < begin < end for at in range(begin, close)}
        stops = (at for at in range(place + 2, end) if tokens[at].kind in _BETWEEN and at not in within)
        bounds = (place + 1, *stops, end)
        for slot, (begin, stop) in enumerate(pairwise(bounds)):
            if len(bounds) > 2:
                yield _Argument((token.value, len(bounds), slot), number, begin + 1, stop)


_BETWEEN = frozenset(("COMMA", "BAR", "STOP"))
"""What stands between arguments: f(x | μ, σ), L(θ; x)."""
