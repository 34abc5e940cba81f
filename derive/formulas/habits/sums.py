"""Sums as people type them: sum_i x_i, and Σ as a name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.habits.crosses import FIRST
from derive.formulas.tokens import Token, token_at, tokens_of

_BIG = MappingProxyType({"sum": "∑", "prod": "∏", "Π": "∏"})
_INDEX = re.compile(r"[a-z]|⟨[a-z]=\w⟩")
_PROFIT = "Π"
"""A sign for products that is a name as often."""


def with_sums(lines: Sequence[Sequence[Token]]) -> Sequence[Sequence[Token]]:
    """Lines with the words sum_i and prod_i as the signs that they stand for, and Σ and sum as names where the document
    says what they are.
    """
    if any(map(_names_sigma, lines)):
        lines = [tuple(_with_sigmas(line)) for line in lines]
    return lines if _has_named_sums(lines) else [tuple(_with_signs(line)) for line in lines]


def _names_sigma(tokens: Sequence[Token]) -> bool:
    """Whether a line says what Σ is, a matrix of covariances, Σ = …, or has its inverse, Σ^{-1}."""
    return any(
        _is_sigma(token) and (after.kind == "RELATION" or (after.kind == "POWER" and _is_below_zero(tokens, place + 2)))
        for place, (token, after) in enumerate(pairwise(tokens))
    )


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
        (token.kind == "WORD" and token.value.partition("_")[0] in _BIG and after.kind == "RELATION")
        or (token.value == _PROFIT and (after.kind in ("OPEN", "PRIME") or not any(map(_is_entry, tokens))))
        or token.value in ("d" + _PROFIT, "Δ" + _PROFIT)
        or (token.kind == "PARTIAL" and after.value == _PROFIT)
        for tokens in lines
        for token, after in pairwise(tokens)
    )


def _is_entry(token: Token) -> bool:
    """Whether a letter stands below a name: x_i."""
    index = token.value.partition("_")[2]
    return token.kind == "WORD" and len(index) == 1 and index.isalpha()


def _with_signs(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with the words sum_i, prod_i and Π before an operand as the signs that they stand for, each with its index
    below; a Π without one where a name behind it has one.
    """
    for place, token in enumerate(tokens):
        word, _, index = token.value.partition("_")
        after = token_at(tokens, place + 1).kind
        is_sign = token.kind == "WORD" and word in _BIG and (word == _PROFIT or not token.shown)
        is_bare = word == _PROFIT and not index and any(map(_is_entry, tokens[place + 1 :]))
        begin = token.end - len(index) - bool(index)
        if not is_sign or after not in FIRST | {"POWER"} or not (is_bare or _INDEX.fullmatch(index)):
            yield token
            continue
        yield replace(token, kind="BIG", value=_BIG[word], end=begin)
        for part in tokens_of("_" + index.replace("⟨", "{").replace("⟩", "}")) if index else ():
            yield replace(part, start=begin + part.start, end=begin + part.end)
