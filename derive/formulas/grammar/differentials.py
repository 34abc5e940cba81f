"""Which words are differentials: d, dE, δo1 above or below a stroke that has another one on its other side."""

from collections.abc import Sequence

from derive.formulas.brackets import opening_of
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import DIFFERENTIALS, OF_VECTORS, Vocabulary, key

_GOES_ON = frozenset("WORD OPEN CLOSE OVER POWER SUPERSCRIPT".split())
_ENDS = frozenset("RELATION PLUS MINUS TIMES COMMA".split())


def is_differential(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """Whether the word at a place is the differential of a ratio, or its sign."""
    word = tokens[place].value
    if word[0] not in DIFFERENTIALS or word[0] in vocabulary.finite or word in OF_VECTORS:
        return False
    if token_at(tokens, place + 1).kind == "OVER" and token_at(tokens, place + 2).value == word[1:]:
        return False  # dV/V is a relative change
    beside = "OVER" in (token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind)
    return _is_in_ratio(tokens, place) or (beside and _is_half(word, vocabulary))


def makes_derivative(tokens: Sequence[Token], stroke: int, vocabulary: Vocabulary) -> bool:
    """Whether a differential stands below the stroke at a place, so that it makes a derivative."""
    place = _past_brackets(tokens, stroke + 1)
    token = token_at(tokens, place)
    if token.kind != "WORD":
        return token.kind == "PARTIAL"
    may_be = token.value[0] in DIFFERENTIALS and token.value[0] not in vocabulary.finite
    return may_be and (_is_in_ratio(tokens, place) or _is_half(token.value, vocabulary))


def begins_ratio(tokens: Sequence[Token], start: int) -> bool:
    """Whether a differential stands at a place, perhaps in a bracket, above a stroke with another one below."""
    place = _past_brackets(tokens, start)
    is_alone = token_at(tokens, place).kind == "PARTIAL" or token_at(tokens, place).value in DIFFERENTIALS
    stroke = place + 1 + is_alone
    return _may_be(token_at(tokens, place)) and token_at(tokens, stroke).kind == "OVER" and (
        _starts_differential(tokens, stroke + 1)
    )


def _is_half(word: str, vocabulary: Vocabulary) -> bool:
    """Whether dw5 is a differential with none beside it: the document writes them so, and w5 is a name."""
    known = word[0] in vocabulary.differentials and key(word) not in vocabulary.defined
    return known and len(word) > 1 and key(word[1:].lstrip("_")) in vocabulary.bound


def _is_in_ratio(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word may be a differential, and another stands beyond the stroke above or below it."""
    may_be = len(tokens[place].value) > 1 or token_at(tokens, place + 1).kind in _GOES_ON
    return may_be and (_is_below(tokens, place) or _is_above(tokens, place))


def _is_below(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands below a stroke, or in the second part of a fraction, with a differential above."""
    before = place - 1
    while token_at(tokens, before).kind == "OPEN":
        before -= 1
    kind = token_at(tokens, before).kind
    if kind in ("OVER", "ABOVE"):
        return _ends_differential(tokens, before - 1)
    is_part = kind == "CLOSE" and before + 1 < place and tokens[before + 1].value == "{"
    return is_part and _closes_numerator(tokens, before) and _ends_differential(tokens, before)


def _is_above(tokens: Sequence[Token], start: int) -> bool:
    """Whether behind the operand that begins here a stroke follows with a differential below."""
    level = 0
    for place, token in enumerate(tokens[start:], start):
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if token.kind == "CLOSE":
            if level < 0 and token.value == "}":
                if _closes_numerator(tokens, place):
                    return _starts_differential(tokens, place + 1)
                level = 0
            elif level < 0 and token_at(tokens, place + 1).kind == "OVER":
                return _starts_differential(tokens, place + 2)
        elif level <= 0 and token.kind in ("OVER", "ABOVE"):
            return _starts_differential(tokens, place + 1)
        elif (
            level <= 0
            and token.kind != "OPEN"
            and (token.kind in _ENDS or (place > start + 3 and token.kind != "WORD"))
        ):
            return False
    return False


def _closes_numerator(tokens: Sequence[Token], close: int) -> bool:
    """Whether a brace closes the upper part of a fraction."""
    return token_at(tokens, opening_of(tokens, close) - 1).kind == "FRACTION"


def _ends_differential(tokens: Sequence[Token], end: int) -> bool:
    """Whether the operand that ends here is a differential, or holds one."""
    token = token_at(tokens, end)
    if token.kind == "CLOSE":
        opened = opening_of(tokens, end)
        return any(map(_may_be, tokens[max(opened - 1, 0) : end]))
    before = token_at(tokens, end - 1)
    return _may_be(token) or (_may_be(before) and len(before.value) == 1)


def _starts_differential(tokens: Sequence[Token], place: int) -> bool:
    return _may_be(token_at(tokens, _past_brackets(tokens, place)))


def _past_brackets(tokens: Sequence[Token], place: int) -> int:
    """The place of the first token in the brackets that open at a place."""
    while token_at(tokens, place).kind == "OPEN":
        place += 1
    return place


def _may_be(token: Token) -> bool:
    """Whether a token is a differential by itself, or its sign."""
    return token.kind == "PARTIAL" or (token.kind == "WORD" and token.value[0] in DIFFERENTIALS)
