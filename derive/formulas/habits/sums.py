"""Sums as people type them: sum_i x_i, and Σ as a name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.habits.crosses import FIRST
from derive.formulas.tokens import Token, token_at, tokens_of

_BIG = MappingProxyType({"sum": "∑", "prod": "∏"})
_INDEX = re.compile(r"[a-z]|⟨[a-z]=\w⟩")


def with_sums(lines: Sequence[Sequence[Token]]) -> Sequence[Sequence[Token]]:
    """Lines with the words sum_i and prod_i as the signs that they stand for, and Σ and sum as names where the document
    says what they are.
    """
    if any(map(_names_sigma, lines)):
        lines = [tuple(_with_sigmas(line)) for line in lines]
    return lines if _has_named_sums(lines) else [tuple(_with_signs(line)) for line in lines]


def _names_sigma(tokens: Sequence[Token]) -> bool:
    """Whether a line says what Σ is, a matrix of covariances: Σ = …"""
    return any(_is_sigma(token) and after.kind == "RELATION" for token, after in pairwise(tokens))


def _with_sigmas(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with each Σ that runs over nothing as a name."""
    for place, token in enumerate(tokens):
        is_name = _is_sigma(token) and token_at(tokens, place + 1).kind != "BELOW"
        yield replace(token, kind="WORD") if is_name else token


def _is_sigma(token: Token) -> bool:
    return token.kind == "BIG" and token.value == "Σ"


def _has_named_sums(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document says what sum, or sum_i, is."""
    return any(
        token.kind == "WORD" and token.value.partition("_")[0] in _BIG and after.kind == "RELATION"
        for tokens in lines
        for token, after in pairwise(tokens)
    )


def _with_signs(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with the words sum_i and prod_i before an operand as the signs that they stand for, each with its index
    below."""
    for place, token in enumerate(tokens):
        word, _, index = token.value.partition("_")
        after = token_at(tokens, place + 1).kind
        found = _INDEX.fullmatch(index) if token.kind == "WORD" and not token.shown and word in _BIG else None
        begin = token.start + len(word)
        if found is None or after not in FIRST | {"POWER"} or token.end - begin != len(index) + 1:
            yield token
            continue
        yield replace(token, kind="BIG", value=_BIG[word], end=begin)
        for part in tokens_of("_" + index.replace("⟨", "{").replace("⟩", "}")):
            yield replace(part, start=begin + part.start, end=begin + part.end)
