"""Sums as people type them: sum_i x_i, and Σ as a name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.habits.crosses import FIRST
from derive.formulas.tokens import Token, token_at, tokens_of

_BIG = MappingProxyType({"sum": "∑", "prod": "∏", "Π": "∏"})
_INDEX = re.compile(r"[a-z]{1,2}|⟨[a-z](?:=\w|,[a-z])⟩")
_PAIR = re.compile("[a-z]{2}")
_PROFIT = "Π"
"""A sign for products that is a name as often."""


def with_sums(lines: Sequence[Sequence[Token]]) -> Sequence[Sequence[Token]]:
    """Lines with the words sum_i and prod_i as the signs that they stand for, and Σ and sum as names where the document
    says what they are.
    """
    if any(map(_names_sigma, lines)):
        lines = [tuple(_with_sigmas(line)) for line in lines]
    if not _has_named_sums(lines):
        lines = [tuple(_with_signs(line)) for line in lines]
    return [tuple(_bracketed(line)) for line in lines]


def _names_sigma(tokens: Sequence[Token]) -> bool:
    """Whether a line says what Σ is, a matrix of covariances, Σ = …, has its inverse, Σ^{-1}, or multiplies what is
    transposed with it, w^T Σ w.
    """
    return any(
        _is_sigma(token)
        and (after.kind == "RELATION" or (after.kind == "POWER" and _is_below_zero(tokens, place + 2))
             or (after.kind == "WORD" and _is_turned(tokens, place - 1) and not _is_entry(after)))
        for place, (token, after) in enumerate(pairwise(tokens))
    )


def _is_turned(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign of transposition stands at a place, above what stands before it."""
    place -= token_at(tokens, place).kind == "CLOSE"
    return token_at(tokens, place).kind == "TURNED" or token_at(tokens, place).value == "T"


def _is_below_zero(tokens: Sequence[Token], place: int) -> bool:
    """Whether a power or a limit has a sign of minus before it."""
    return token_at(tokens, place + (token_at(tokens, place).kind == "OPEN")).kind == "MINUS"


def _with_sigmas(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with each Σ that runs over nothing as a name."""
    for place, token in enumerate(tokens):
        is_name = _is_sigma(token) and token_at(tokens, place + 1).kind != "BELOW"
        yield replace(token, kind="WORD") if is_name else token


def _is_sigma(token: Token) -> bool:
    return token.kind == "BIG" and token.value == "Σ"


def _has_named_sums(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document says what sum, or sum_i, is, or differentiates Π."""
    return any(
        (token.kind == "WORD" and token.value.partition("_")[0] in _BIG and after.kind == "RELATION"
         and not _has_limits(tokens, place))
        or (token.value == _PROFIT and (after.kind in ("OPEN", "PRIME") or not any(map(_is_entry, tokens))))
        or token.value in ("d" + _PROFIT, "Δ" + _PROFIT)
        or (token.kind == "PARTIAL" and after.value == _PROFIT)
        for tokens in lines
        for place, (token, after) in enumerate(pairwise(tokens))
    )


def _has_limits(tokens: Sequence[Token], place: int) -> bool:
    """Whether behind an index stands where a sum begins and ends: the i of sum_i=1^n."""
    kinds = [token_at(tokens, at).kind for at in range(place + 1, place + 4)]
    return kinds in (["RELATION", "NUMBER", "POWER"], ["RELATION", "WORD", "POWER"])


def _bracketed(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with what is typed below the sign of a sum in brackets: Σ_ij, Σ_i=1^n."""
    last = -1
    for place, token in enumerate(tokens):
        is_below = token.kind == "WORD" and token_at(tokens, place - 1).kind == "BELOW" and not token.shown
        if is_below and token_at(tokens, place - 2).kind == "BIG":
            yield Token("OPEN", "{", token.start, token.start)
            last = place + 2 * _has_limits(tokens, place)
            if _PAIR.fullmatch(token.value):
                yield replace(token, value=token.value[0], end=token.start + 1)
                yield Token("COMMA", ",", token.start + 1, token.start + 1)
                token = replace(token, value=token.value[1], start=token.start + 1)
        yield token
        if place == last:
            yield Token("CLOSE", "}", token.end, token.end)


def _is_entry(token: Token) -> bool:
    """Whether a letter stands below a name: x_i."""
    index = token.value.partition("_")[2]
    return token.kind == "WORD" and len(index) == 1 and index.isalpha()


def _with_signs(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with the words sum_i, prod_i and Π before an operand as the signs that they stand for, each with its index
    below; a Π without one where a name behind it has one.
    """
    for place, token in enumerate(tokens):
        word, below, index = token.value.partition("_")
        after = token_at(tokens, place + 1).kind
        is_sign = token.kind == "WORD" and word in _BIG and (word == _PROFIT or not token.shown)
        is_bare = word == _PROFIT and not below and any(map(_is_entry, tokens[place + 1 :]))
        is_bare = is_bare or (below + index == "_" and after == "OPEN")  # sum_(i=1)^n
        begin = token.end - len(below + index)
        is_followed = after in FIRST | {"POWER"} or _has_limits(tokens, place)
        if not (is_sign and is_followed and (is_bare or _INDEX.fullmatch(index))):
            yield token
            continue
        yield replace(token, kind="BIG", value=_BIG[word], end=begin)
        for part in tokens_of(below + index.replace("⟨", "{").replace("⟩", "}")):
            yield replace(part, start=begin + part.start, end=begin + part.end)
