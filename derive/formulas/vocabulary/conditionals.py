"""p(y|x; θ): quantities that are named by what stands within their brackets, p(y|x) and p(x|y) being two of them."""

from collections.abc import Iterator, Sequence

from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary.words import is_known, key

_LONGEST = 60
_PARTS = frozenset(("COMMA", "BAR", "STOP"))


def conditional(tokens: Sequence[Token], place: int) -> str:
    """The name of what stands at a place with a bar in its brackets, p(y_n|x_n) by its letters, p(y|x); else nothing.

    A value put in for a letter, p(y=1|x), is left out.
    """
    word, opened = tokens[place], token_at(tokens, place + 1)
    if word.kind != "WORD" or opened.value != "(" or opened.spaced or is_known(word.value):
        return ""
    inner = list(_within(tokens, place + 1))
    if sum(token.kind == "BAR" for token in inner) != 1:
        return ""
    letters, is_value = "", False
    for token in inner:
        is_value = token.kind == "RELATION" or (is_value and token.kind not in _PARTS)
        if token.kind in _PARTS:
            letters += token.value
        elif token.kind == "WORD" and not is_value:
            letters += token.value.partition("_")[0].partition("^")[0]
    is_told = all(part for part in letters.replace(";", "|").replace(",", "|").split("|"))
    return f"{key(word.value)}({letters})" if is_told else ""


def _within(tokens: Sequence[Token], opened: int) -> Iterator[Token]:
    """The tokens of a bracket that is closed; nothing of any other."""
    level = 0
    for at, token in enumerate(tokens[opened : opened + _LONGEST], opened):
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if not level:
            yield from tokens[opened + 1 : at]
            return
