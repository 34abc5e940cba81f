"""Functions and derivatives as people type them: sen(x), log2(x), d2y/dx2, a dot above, f: R → R."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.signs import FOREIGN
from derive.formulas.tokens import Token, token_at

_SECOND = re.compile(r"d([23])([^\W\d]\w*)")
_LOGARITHM = re.compile(r"log_?(\d+|(?<=_)[ab])")
_ORDER = re.compile(r"(.+)\^\((\d)\)")
_ABOVE = ["POWER", "OPEN", "NUMBER", "CLOSE", "OPEN"]
_DOTS = MappingProxyType({"dot": "'", "ddot": "''"})
_SPACES = frozenset("WORD POWER NUMBER TIMES OPEN CLOSE COMMA ARROW".split())


def with_functions(lines: Iterable[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines with functions, orders of derivatives and differentials as we write them."""
    written = [tuple(_with_orders(tuple(_known(tuple(_with_signs(line)))))) for line in lines]
    return written if any(map(_has_lone_d, written)) else [tuple(_with_differentials(line)) for line in written]


def _with_signs(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with partial L / partial w as ∂L/∂w: one of a name, or of nothing, and one of another below a stroke."""
    words = [place for place, token in enumerate(tokens) if token.value == "partial" and token.kind == "WORD"]
    pairs = {(one, two) for one, two in pairwise(words) if two - one in (2, 3) and tokens[two - 1].kind == "OVER"}
    signs = {place for pair in pairs for place in pair}
    for place, token in enumerate(tokens):
        yield replace(token, kind="PARTIAL", value="∂") if place in signs else token


def _known(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with functions as we call them: sen(x) as sin(x), and what stands below a logarithm, log2(x), log_a(x) and
    log_10 x, apart from its word.
    """
    for place, token in enumerate(tokens):
        after = token_at(tokens, place + 1)
        is_applied = token.kind == "WORD" and (after.kind == "WORD" or (after.value == "(" and not after.spaced))
        found = _LOGARITHM.fullmatch(token.value) if is_applied and not token.shown else None
        if found is None:
            is_short = after.kind != "WORD" or len(after.value) == 1
            is_foreign = (is_applied and is_short) or after.kind in ("NUMBER", "SUPERSCRIPT", "POWER")
            yield replace(token, value=FOREIGN.get(token.value, token.value)) if is_foreign else token
            continue
        begin = token.end - len(found[1])
        yield replace(token, value="log", end=begin)
        yield Token("BELOW", "_", begin, begin)
        yield Token("NUMBER" if found[1].isdigit() else "WORD", found[1], begin, token.end)


def _with_orders(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with d2y/dx2 as d^2y/dx^2: no name begins with a number, and both ends have the same one."""
    below, order = -1, ""
    for place, token in enumerate(tokens):
        found = _SECOND.fullmatch(token.value) if token.kind == "WORD" and not token.shown else None
        after = token_at(tokens, place + 2)
        if found is not None and token_at(tokens, place + 1).kind == "OVER" and after.value[-1:] == found[1]:
            below, order = place + 2, found[1]
            yield replace(token, value="d", end=token.start + 1)
            yield Token("POWER", "^", token.start + 1, token.start + 1)
            yield Token("NUMBER", order, token.start + 1, token.start + 2)
            yield Token("WORD", found[2], token.start + 2, token.end)
        elif place == below:
            yield replace(token, value=token.value[:-1], end=token.end - 1)
            yield Token("POWER", "^", token.end - 1, token.end - 1)
            yield Token("NUMBER", order, token.end - 1, token.end)
        else:
            yield token


def _has_lone_d(tokens: Sequence[Token]) -> bool:
    """Whether a line has a d that stands before no name, a quantity or d/dx."""
    return any(token.value == "d" and not _is_before_name(tokens, place) for place, token in enumerate(tokens))


def _is_before_name(tokens: Sequence[Token], place: int) -> bool:
    after = token_at(tokens, place + 1)
    return after.kind == "WORD" and after.start == tokens[place].end


def _with_differentials(tokens: Sequence[Token]) -> Iterator[Token]:
    r"""Tokens with d\sigma and d\hat{x} as one name each, as dx is, but for those of a ratio."""
    held: Token | None = None
    for place, token in enumerate(tokens):
        is_open = token_at(tokens, place - 1).kind in ("OPEN", "OVER", "FRACTION")
        if held is not None:
            yield replace(token, value=held.value + token.value, start=held.start, spaced=held.spaced)
            held = None
        elif token.value == "d" and not is_open and _is_before_name(tokens, place):
            held = token
        else:
            yield token


def with_primes(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines with the dots above a function that the document defines as primes behind it, as Newton has them; so the
    order above one that it writes with primes too: f^(3)(x) beside f'(x).
    """
    functions = _heads(lines)
    primed = {one.value for line in lines for one, other in pairwise(line) if other.kind == "PRIME"} & functions
    words = {token.value for line in lines for token in line}
    primed -= {word.removesuffix("^(1)") for word in words if word.endswith("^(1)")}  # f^(1) beside f' is a layer's
    return [tuple(_primed(line, functions, primed)) for line in lines]


def _heads(lines: Iterable[Sequence[Token]]) -> frozenset[str]:
    """The functions that a document defines: f(x) = …"""
    head = ["WORD", "OPEN", "WORD", "CLOSE", "RELATION"]
    return frozenset(
        tokens[place].value
        for tokens in lines
        for place in range(len(tokens) - len(head) + 1)
        if [token.kind for token in tokens[place : place + len(head)]] == head
    )


def _primed(tokens: Sequence[Token], functions: Collection[str], primed: Collection[str]) -> Iterator[Token]:
    end = 0
    for place, token in enumerate(tokens):
        if place < end:
            continue
        name, _, dots = token.value.rpartition("_")
        strokes, above = _DOTS.get(dots, "") if name in functions else "", tokens[place + 1 : place + 6]
        if (found := _ORDER.fullmatch(token.value)) is not None and found[1] in primed:
            name, strokes = found[1], "'" * int(found[2])
        elif token.value in primed and [one.kind for one in above] == _ABOVE and above[2].value in [*"123456789"]:
            name, strokes, end = token.value, "'" * int(above[2].value), place + 5
        if token.kind == "WORD" and strokes:
            yield replace(token, value=name)
            token = replace(token, kind="PRIME", value=strokes, start=token.end)
        yield token


def without_spaces(tokens: Sequence[Token]) -> Sequence[Token]:
    """Tokens without the spaces between which a function goes: f(x): R^3 → R = … is f(x) = …"""
    kinds = [token.kind for token in tokens]
    for place, token in enumerate(tokens):
        if token.shown and token.value in (":", r"\colon") and "RELATION" in kinds[place:]:
            end = kinds.index("RELATION", place)
            between = kinds[place + 1 : end]
            if "ARROW" in between and _SPACES.issuperset(between):
                return (*tokens[:place], *without_spaces(tokens[end:]))
    return tokens
