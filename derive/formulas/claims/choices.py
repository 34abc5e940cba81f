"""What values a document says that a name has: y ∈ {-1, 1}, y_i = ±1, since y^2 = 1."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from derive.formulas.claims.chains import REASONS
from derive.formulas.claims.claim import Choice
from derive.formulas.tokens import OPERATORS, Token, token_at

_SIGNS, _BITS = (1, -1), (0, 1)
_SETS: Mapping[str, tuple[int, ...]] = MappingProxyType({
    **dict.fromkeys(("1,-1", "-1,1", "±1"), _SIGNS), **dict.fromkeys(("0,1", "1,0"), _BITS),
})  # fmt: skip
"""What the labels of two classes are."""
_SUMMANDS = frozenset("PLUS MINUS TIMES OVER".split())
_CLOSED = frozenset(("", "COMMA", "STOP", "UNKNOWN", "CLOSE", "END", "ROW", "GAP"))
"""What stands behind a number that ends a formula."""
_LONGEST = 8


def choices_of(lines: Iterable[Sequence[Token]]) -> tuple[Choice, ...]:
    """The names, without what stands below and above them, of which lines tell that each value is one of these."""
    return tuple(choice for tokens in lines for choice in _told(tokens))


def _told(tokens: Sequence[Token]) -> Iterator[Choice]:
    for place, token in enumerate(tokens):
        if token.kind != "WORD" or token_at(tokens, place - 1).kind in OPERATORS | {"NUMBER"}:
            continue
        name = token.value.partition("_")[0].partition("^")[0]
        values = _in_set(tokens, place + 1)
        if values:
            yield Choice(name, values)
        elif _is_reason(tokens, place - 1) and _is_square_one(tokens, place + 1):
            yield Choice(name, _SIGNS, token.start)


def _in_set(tokens: Sequence[Token], place: int) -> tuple[int, ...]:
    """The values behind a name: ∈ {-1, 1}."""
    if [token_at(tokens, at).value for at in (place, place + 1)] != ["∈", "{"]:
        return ()
    ends = (at for at in range(place, min(place + _LONGEST, len(tokens))) if tokens[at].kind == "CLOSE")
    end = next(ends, 0)
    is_whole = end and token_at(tokens, end + 1).kind not in _SUMMANDS
    return _SETS.get(_plain(tokens[place + 2 : end]), ()) if is_whole else ()


def _plain(tokens: Sequence[Token]) -> str:
    return "".join(token.value for token in tokens).replace(r"\pm", "±").replace("+", "").replace("−", "-")


def _is_reason(tokens: Sequence[Token], place: int) -> bool:
    """Whether the word before, behind a dollar sign, gives a reason."""
    token = token_at(tokens, place - 1 if token_at(tokens, place).kind == "UNKNOWN" else place)
    return token.kind in ("WORD", "TEXT") and REASONS.issuperset(token.value.lower().split()[-1:] or [""])


def _is_square_one(tokens: Sequence[Token], place: int) -> bool:
    """Whether a square and nothing more is said to be 1."""
    place += token_at(tokens, place).kind == "POWER"
    values = [token_at(tokens, at).value for at in range(place, place + 3)]
    return values == ["2", "=", "1"] and token_at(tokens, place + 3).kind in _CLOSED
