"""The letter x typed for a cross: 2 x 3."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from derive.formulas.tokens import Token, token_at

FIRST = frozenset("NUMBER WORD OPEN FRACTION ROOT PARTIAL".split())
"""What a term begins with."""
_LAST = frozenset("NUMBER WORD CLOSE SUPERSCRIPT PRIME END".split())


def with_crosses(lines: Sequence[Sequence[Token]]) -> Sequence[Sequence[Token]]:
    """Lines with each x as a sign of multiplication where the document's letter x is never anything else."""
    return [_with_products(line) for line in lines] if _has_crosses(lines) else lines


def _has_crosses(lines: Iterable[Sequence[Token]]) -> bool:
    crosses = [
        _is_cross(tokens, place) and not token.shown
        for tokens in lines
        for place, token in enumerate(tokens)
        if token.kind == "WORD" and token.value == "x"
    ]
    return bool(crosses) and all(crosses)


def _is_cross(tokens: Sequence[Token], place: int) -> bool:
    """Whether an x stands between two operands as a sign does, with blanks on both sides."""
    before, after = token_at(tokens, place - 1), token_at(tokens, place + 1)
    return tokens[place].spaced and after.spaced and before.kind in _LAST and after.kind in FIRST


def _with_products(tokens: Sequence[Token]) -> tuple[Token, ...]:
    return tuple(
        replace(token, kind="TIMES", value="*") if token.kind == "WORD" and token.value == "x" else token
        for token in tokens
    )
