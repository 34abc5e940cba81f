"""Letters that have a number behind them where others have it below: δ 3 is δ_3."""

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.signs import SIGNS
from derive.formulas.tokens import Token, token_at

_BEGINNINGS = ("", "STOP", "COMMA", "ROW", "GAP")


def with_numbered_letters(lines: Sequence[Sequence[Token]]) -> Sequence[Sequence[Token]]:
    """The tokens of a document's lines with δ 3 as one name, where a line says what δ 3 is."""
    names = frozenset(name for line in lines for name in _numbered(line))
    return [tuple(_joined(line, names)) for line in lines] if names else lines


def _numbered(tokens: Sequence[Token]) -> Iterator[str]:
    """The names that stand before a sign of equality with their number behind them: nobody writes a product so."""
    for place, token in enumerate(tokens):
        is_whole = _has_number(tokens, place) and token_at(tokens, place + 2).kind == "RELATION"
        if is_whole and token_at(tokens, place - 1).kind in _BEGINNINGS:
            yield token.value


def _joined(tokens: Sequence[Token], names: Collection[str]) -> Iterator[Token]:
    held: Token | None = None
    for place, token in enumerate(tokens):
        if held is not None:
            yield replace(held, value=f"{held.value}_{token.value}", end=token.end)
            held = None
        elif token.value in names and _has_number(tokens, place):
            held = token
        else:
            yield token


def _has_number(tokens: Sequence[Token], place: int) -> bool:
    token, after = tokens[place], token_at(tokens, place + 1)
    is_letter = token.kind == "WORD" and token.value not in SIGNS  # \ln 3 is no name
    return is_letter and token.shown and after.shown and after.kind == "NUMBER" and after.value.isdigit()
