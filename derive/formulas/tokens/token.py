"""One sign of a formula, and what stands beside it in its line."""

from collections.abc import Sequence

from msgspec import Struct

OPERATORS = frozenset("PLUS MINUS TIMES OVER POWER RELATION ENTRYWISE MATMUL OUTER COMPARE ABOVE PARTIAL".split())
"""Kinds of tokens that go on with a formula on either side, or on their right."""


class Token(Struct, frozen=True):
    r"""One sign: its kind, what it stands for, where it stands in the line, whether a blank stands before it,
    whether it stands within delimiters of mathematics, whether it is a name set upright, \mathrm{s}, in which unit the
    side is told that it ends, and how many characters further that goes.
    """

    kind: str
    value: str
    start: int
    end: int
    spaced: bool = False
    shown: bool = False
    upright: bool = False
    unit: tuple[tuple[str, int], ...] = ()
    tail: int = 0


NOTHING = Token("", "", 0, 0)
"""What stands beside the first and the last token of a line: a token of no kind."""


def token_at(tokens: Sequence[Token], place: int) -> Token:
    """The token at a place of a line, NOTHING beyond its ends."""
    return tokens[place] if 0 <= place < len(tokens) else NOTHING
