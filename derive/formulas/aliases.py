"""Functions by another name: f = tanh, where f(z) stands somewhere, is f(u) = tanh(u)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import is_known

_ENDS = frozenset(("", "STOP", "COMMA", "TEXT", "GAP", "ROW", "END"))
_LETTERS = "uvzsxqr"


def with_arguments(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The lines with an argument behind both names of a function, a letter that the document does not use."""
    applied = frozenset(token.value for tokens in lines for token, after in pairwise(tokens) if _opens(token, after))
    words = frozenset(token.value for tokens in lines for token in tokens)
    letter = next((one for one in _LETTERS if one not in words), "")
    if not letter or not any(
        _names_function(tokens, place, applied) for tokens in lines for place in range(len(tokens))
    ):
        return [tuple(tokens) for tokens in lines]
    return [tuple(_with_arguments(tokens, applied, letter)) for tokens in lines]


def _with_arguments(tokens: Sequence[Token], applied: frozenset[str], letter: str) -> Iterator[Token]:
    for place, token in enumerate(tokens):
        yield token
        if _names_function(tokens, place, applied) or _names_function(tokens, place - 2, applied):
            yield from _argument(token, letter)


def _argument(token: Token, letter: str) -> Iterable[Token]:
    """An argument in brackets behind a token, where no text stands."""
    signs = (("OPEN", "("), ("WORD", letter), ("CLOSE", ")"))
    return (Token(kind, value, token.end, token.end, False, token.shown) for kind, value in signs)


def _opens(token: Token, after: Token) -> bool:
    """Whether a name stands close before a bracket."""
    return token.kind == "WORD" and after.value == "(" and not after.spaced and not is_known(token.value)


def _names_function(tokens: Sequence[Token], place: int, applied: frozenset[str]) -> bool:
    """Whether f = tanh stands at a place, alone in its formula, of an f that is applied elsewhere."""
    name, sign, known = (token_at(tokens, place + further) for further in range(3))
    is_said = name.kind == known.kind == "WORD" and sign.kind == "RELATION" and sign.value == "="
    alone = token_at(tokens, place + 3).kind in _ENDS
    return is_said and alone and name.value in applied and is_known(known.value)
