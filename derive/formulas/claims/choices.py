"""What values a document says that a name has: y ∈ {-1, 1}, y = ±1, since y^2 = 1."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from derive.formulas.claims.chains import REASONS
from derive.formulas.tokens import Token, token_at

SIGNS, BITS = (1, -1), (0, 1)
"""What the labels of two classes are."""
_SETS: Mapping[tuple[str, ...], tuple[int, ...]] = {
    **dict.fromkeys([("1", "-1"), ("-1", "1"), ("±1",)], SIGNS),
    **dict.fromkeys([("0", "1"), ("1", "0")], BITS),
}
_LONGEST_SET = 8


def choices_of(lines: Iterable[Sequence[Token]]) -> dict[str, tuple[int, ...]]:
    """The names, without what stands below and above them, of which lines tell that each value is one of these."""
    return {name: values for tokens in lines for name, values in _told(tokens)}


def _told(tokens: Sequence[Token]) -> Iterator[tuple[str, tuple[int, ...]]]:
    for place, token in enumerate(tokens):
        if token.kind == "WORD":
            rest = [(one.kind, one.value) for one in tokens[place + 1 : place + _LONGEST_SET + 2]]
            values = _in_set(rest) or _of_square(token_at(tokens, place - 1), token_at(tokens, place - 2), rest)
            if values:
                yield token.value.partition("_")[0].partition("^")[0], values


def _in_set(rest: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """The values behind a name: ∈ {-1, 1}, = ±1."""
    if rest[:1] == [("COMPARE", "∈")] and rest[1:2] == [("OPEN", "{")] and ("CLOSE", "}") in rest:
        inside = "".join(value for _, value in rest[2 : rest.index(("CLOSE", "}"))])
    elif rest[:1] == [("RELATION", "=")] and [kind for kind, _ in rest[1:3]] == ["UNKNOWN", "NUMBER"]:
        inside = rest[1][1] + rest[2][1]
    else:
        return ()
    plain = inside.replace(r"\pm", "±").replace("+", "").replace("−", "-")
    return _SETS.get(tuple(plain.split(",")), ())


def _of_square(before: Token, earlier: Token, rest: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """1 and -1, where a name's square is said to be 1 as the reason for something."""
    reason = earlier if before.kind == "UNKNOWN" else before  # a dollar sign
    words = reason.value.lower().split()[-1:] if reason.kind in ("WORD", "TEXT") else []
    square = [value for _, value in rest[: 3 if rest[:1] == [("SUPERSCRIPT", "2")] else 4]]
    return SIGNS if words and words[0] in REASONS and square[-3:] == ["2", "=", "1"] else ()
