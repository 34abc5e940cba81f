"""Brackets that are no part of the formula before them: remarks in words, equations, numbers of equations."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from derive.formulas.tokens import OPERATORS, Token, token_at

_BUILT = frozenset(("FRACTION", "PARTIAL", "ROOT"))
_FOLLOWING = frozenset(("", "STOP", "COMMA", "GAP", "ROW"))
_TAG = re.compile(r"\d{1,2}(?:\.\d{1,2})?[a-d]?|[ivx]{1,5}|[a-h]", re.IGNORECASE)


def remarks_of(tokens: Sequence[Token], partner: Mapping[int, int], prose: frozenset[int]) -> dict[int, int]:
    """The place of each bracket that opens a remark, with that of the one that closes it."""
    found: dict[int, int] = {}
    end = -1
    built = [place for place, token in enumerate(tokens) if token.kind in _BUILT]
    (words, built_up), related = (_up_to(places, tokens) for places in (prose, built)), _related(tokens, partner)
    for opened in sorted(partner):
        closed = partner[opened]
        told = words[closed] - words[opened + 1], opened in related, built_up[closed] > built_up[opened + 1]
        if opened >= end and _is_remark(tokens, opened, closed, *told):
            found[opened] = end = closed
    return found


def _up_to(places: Collection[int], tokens: Sequence[Token]) -> list[int]:
    """How many of some places stand before each place of a line."""
    held = frozenset(places)
    return [0, *accumulate(place in held for place in range(len(tokens)))]


def _related(tokens: Sequence[Token], partner: Mapping[int, int]) -> frozenset[int]:
    """The brackets in which an equals sign, ≠ or an arrow stands, in no bracket inside: ([i = k] - p) is no remark; or,
    where nothing follows, any comparison: |x| = x (x > 0).
    """
    found: set[int] = set()
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if place in partner:
            waiting.append(place)
        elif waiting and place == partner[waiting[-1]]:
            waiting.pop()
        elif waiting and (token.kind in ("RELATION", "ARROW") or token.value == "≠" or (
            token.kind == "COMPARE" and token_at(tokens, partner[waiting[-1]] + 1).kind in _FOLLOWING
        )):
            found.add(waiting[-1])
    return frozenset(found)


def _is_remark(
    tokens: Sequence[Token], opened: int, closed: int, words: int, related: bool, built: bool
) -> bool:
    """Whether a bracket with so many words in it, perhaps a sign of equality and something built up, is a remark."""
    bracket, before = tokens[opened], token_at(tokens, opened - 1)
    if bracket.value == "{" and bracket.shown:
        return False
    worded = words > 0 and (related or not built)  # what is built up is no remark
    behind = opened > 0 and before.kind not in OPERATORS
    apart = opened == 0 or (bracket.spaced and behind) or before.kind in ("STOP", "COMMA", "GAP") or words > 1
    is_index = before.kind == "WORD" and not bracket.spaced and not bracket.shown  # p[correct]
    if (apart and (worded or related)) or (
        worded and bracket.value == "[" and before.kind in ("CLOSE", "WORD") and not is_index
    ):
        return True
    is_far = bracket.spaced and bracket.start - before.end > 1 and closed == len(tokens) - 1 and not bracket.shown
    return behind and (is_far or (apart and _is_tag(tokens, opened, closed)))


def _is_tag(tokens: Sequence[Token], opened: int, closed: int) -> bool:
    """(3), (2.1) or (iv) behind a formula, at the end of its line, or in the words before one: eq. (3) `$x = 2$`."""
    inside, after = tokens[opened + 1 : closed], token_at(tokens, closed + 1)
    is_before = after.shown and not tokens[opened].shown and after.kind not in OPERATORS - {"PARTIAL", "MINUS"}
    if len(inside) > 3 or (not is_before and any(t.kind not in ("STOP", "GAP") for t in tokens[closed + 1 :])):
        return False
    return _TAG.fullmatch("".join(token.value for token in inside)) is not None
