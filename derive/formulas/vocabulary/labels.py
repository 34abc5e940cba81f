"""What stands above names without being a power: the numbers of layers and of samples, and letters for them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from derive.formulas.brackets import partners
from derive.formulas.names import Labels
from derive.formulas.signs import PROSE
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary.uses import begins, bound_at
from derive.formulas.vocabulary.words import is_known, is_wordlike, key

_BESIDE = frozenset("PLUS TIMES OVER FRACTION".split())
_NUMERALS = frozenset("1234")
_SHORT = re.compile(r"[A-Za-z](?:[+-]\d)?|\d")


def labels_of(lines: Sequence[Sequence[Token]]) -> Labels:
    """What stands above names without being a power, seen from the whole document.

    A numeral is a label where one name bears ^1 or ^0: nobody writes these powers, but behind a number, 3x^0; or many,
    where none stands beside the name alone, as in a polynomial of x; and beside such a name, above each that never
    stands without one. A letter is one where it stands above names, alone or with ±1, and is never an operand itself.
    A square that is defined, σ^2 = …, is a quantity of its own where its root never stands by itself.
    """
    above = _exponents(lines)
    powers = {name for tokens in lines for name in _powers(tokens)}
    multiples = {name for tokens in lines for name in _multiples(tokens)}
    operands = {name for tokens in lines for name in _operands(tokens)}
    letters = {sign[0] for signs in above.values() for sign in signs if sign[0].isalpha()}
    alone = {name for tokens in lines for name in _alone(tokens)}
    bases = {
        name
        for name, signs in above.items()
        if name not in multiples and (signs & {"0", "1"} or (len(signs & _NUMERALS) > 2 and name not in powers))
    }
    if bases:
        bases |= {name for name, signs in above.items() if signs & _NUMERALS and key(name) not in alone}
    bases |= _squares(lines)
    return Labels(frozenset(letters - operands - {"T"}), frozenset(bases))


def _squares(lines: Sequence[Sequence[Token]]) -> set[str]:
    """The names of which a line defines the square, and that stand nowhere without a 2 above, nor in mv_1^2."""
    squared = {tokens[place].value for tokens in lines for place, _ in _words(tokens) if _defines_square(tokens, place)}
    for tokens in lines if squared else ():
        for at, raised in _words(tokens):
            word, is_squared = tokens[at].value, raised and _exponent(tokens, at + 2) == "2"
            squared = {name for name in squared if not word.endswith(name) or (is_squared and word == name)}
    return squared


def _defines_square(tokens: Sequence[Token], place: int) -> bool:
    """Whether σ^2 = stands at a place, or σ^2_B =, with a formula behind it; or σ^2 among arguments, f(x | μ, σ^2)."""
    if token_at(tokens, place + 1).kind != "POWER" or _exponent(tokens, place + 2) != "2":
        return False
    at = _behind_script(tokens, place + 1)
    if token_at(tokens, place - 1).kind in ("COMMA", "BAR") and token_at(tokens, at).value in (",", "|", ";", ")"):
        return True
    if not begins(tokens, place):
        return False
    at = _behind_script(tokens, at) if token_at(tokens, at).kind == "BELOW" else at
    return token_at(tokens, at).kind == "RELATION" and token_at(tokens, at + 1).kind != "NUMBER"


def _behind_script(tokens: Sequence[Token], sign: int) -> int:
    """The place behind what stands above or below a name, in braces or not, where its sign is told."""
    return partners(tokens).get(sign + 1, sign + 1) + 1


def _words(tokens: Sequence[Token]) -> Iterator[tuple[int, bool]]:
    """The places of the words of a line, each with whether something stands above it."""
    for place, token in enumerate(tokens):
        if token.kind == "WORD":
            yield place, token_at(tokens, place + 1).kind == "POWER"


def _exponents(lines: Iterable[Sequence[Token]]) -> dict[str, set[str]]:
    """Each name with the short exponents that it bears; e bears powers alone."""
    found: dict[str, set[str]] = {}
    for tokens in lines:
        for place, raised in _words(tokens):
            exponent = _exponent(tokens, place + 2) if raised and tokens[place].value != "e" else ""
            if exponent:
                found.setdefault(tokens[place].value, set()).add(exponent)
    return found


def _exponent(tokens: Sequence[Token], place: int) -> str:
    """A short exponent as text: `2`, `l`, `l-1`; empty for any other."""
    inside = tokens[place : place + 1]
    if token_at(tokens, place).kind == "OPEN":
        inside = tokens[place + 1 : place + 6]
        close = next((at for at, token in enumerate(inside) if token.kind == "CLOSE"), 0)
        inside = inside[:close]
    text = "".join(token.value for token in inside)
    return text if _SHORT.fullmatch(text) else ""


def _operands(tokens: Sequence[Token]) -> Iterator[str]:
    """The names that stand in sums, products and ratios of an equation, those by which something is differentiated,
    also of f'(x), and the letters of words in mathematics."""
    related = any(token.kind == "RELATION" for token in tokens)
    for place, _ in _words(tokens):
        token = tokens[place]
        if token.shown and is_wordlike(token.value) and not is_known(token.value) and token.value not in PROSE:
            yield from token.value  # cn is a product of letters
        bears = token_at(tokens, place + 1).kind == "WORD" and token_at(tokens, place + 2).kind == "POWER"
        is_factor = bears and _exponent(tokens, place + 3)[:1] == token.value  # n xⁿ
        if related and (_is_operand(tokens, place) or is_factor) and not _is_above(tokens, place):
            yield key(token.value)
        if token_at(tokens, place - 1).kind == "OPEN" and token_at(tokens, place - 2).kind == "PRIME":
            yield key(token.value)
        yield bound_at(tokens, place)


def _alone(tokens: Sequence[Token]) -> Iterator[str]:
    """The keys of the names that stand without anything above, or are differentiated by so."""
    for place, raised in _words(tokens):
        if not raised:
            yield from (key(tokens[place].value), bound_at(tokens, place))


def _powers(tokens: Sequence[Token]) -> Iterator[str]:
    """The names that one line has with a numeral above and without: f(x) = x^4 + x^3, d/dx x^4, x^3 - 2x."""
    words = list(_words(tokens))
    alone: set[str] = set()
    for place, raised in words:
        if not raised:
            bracketed = token_at(tokens, place - 1).kind == "OPEN" and token_at(tokens, place + 1).kind == "CLOSE"
            alone.add(bound_at(tokens, place))
            alone.update([key(tokens[place].value)] if bracketed or _is_operand(tokens, place) else ())
    yield from (tokens[at].value for at, raised in words if raised and key(tokens[at].value) in alone)


def _multiples(tokens: Sequence[Token]) -> Iterator[str]:
    """The names of which a number takes a power so many times, 3u^2, .5x^0: nobody writes layers so."""
    for at, raised in _words(tokens):
        before, further = token_at(tokens, at - 1), token_at(tokens, at - 2)
        if raised and before.kind == "NUMBER" and further.kind not in ("POWER", "BELOW"):
            yield tokens[at].value


def _is_operand(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands beside an operator or another operand, not alone before or behind a relation."""
    before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind
    if before == "POWER":
        return False
    rest_of_one = before == "MINUS" and token_at(tokens, place - 2).kind == "NUMBER"  # 1 - y
    beside_word = "WORD" in (before, after) and tokens[place].shown
    return before in _BESIDE or after in _BESIDE or before == "NUMBER" or rest_of_one or beside_word


def _is_above(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands in the brackets of an exponent."""
    for token in reversed(tokens[: place + 1]):
        if token.kind in ("POWER", "RELATION", "CLOSE", "OVER"):
            return token.kind == "POWER"
    return False
