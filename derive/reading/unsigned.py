"""Equalities without a sign of equality: a derivative told in words, a formula beside its name."""

import re
from collections.abc import Iterator
from itertools import takewhile

from derive.reading.items import Kind, items_of
from derive.reading.mathematics import EDGE
from derive.reading.notation import CLOSES
from derive.reading.traced import Traced, join
from derive.reading.vocabulary import Resolving

LONGEST_SIDE = 300


def side_by_side(line: Traced, names: Resolving) -> Iterator[tuple[Traced, Traced]]:
    """A line that has a name or a derivative, and a formula behind it without any sign between them."""
    edge = len(line.text) - len(line.text.lstrip(f" \t{EDGE}"))
    line = line[edge : max(edge, len(line.text.rstrip(f" \t{EDGE}")))]
    text = line.text
    match = _SIDE_BY_SIDE.match(text) if len(text) <= LONGEST_SIDE else None
    if match is None or any(item.kind not in _PARTS for item in items_of(text, names)):
        return
    yield line[slice(*match.span("left"))], line[slice(*match.span("right"))]


def with_a_word(line: Traced, names: Resolving) -> Iterator[tuple[Traced, Traced]]:
    """`dE/dw5 is …`, `dE/dw5: …`: a derivative, one word or colon, and a formula up to the end of the line."""
    bare = line.sub(EDGES, lambda match: [" "])
    match = _WITH_A_WORD.match(bare.text) if len(bare) <= LONGEST_SIDE else None
    if match is None or any(item.kind not in _PARTS for item in items_of(match["right"], names)):
        return
    yield bare[slice(*match.span("left"))], bare[slice(*match.span("right"))]


_PARTS = frozenset((Kind.FORMULA, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE, Kind.EDGE))
_DERIVATIVE = r"[d∂]\s?\w+\s?/\s?[d∂]\s?\w+|\([d∂]\s?\w+\)\s?/\s?\([d∂]\s?\w+\)"
_SIDE_BY_SIDE = re.compile(
    rf"(?P<left>[^\W\d_]\w*(?=\s)|(?:{_DERIVATIVE})(?=[\s(]))\s*(?P<right>[\w(\[½].*[+*/^²-].*)\Z"
)
_WITH_A_WORD = re.compile(
    rf"\s*(?:[-–]\s+)?(?:the\s+)?(?P<left>{_DERIVATIVE})\s*(?::|(?:is|equals|is\s+equal\s+to|gives|comes\s+to|yields|becomes)\s)\s*"
    r"(?P<right>[\w(\[½∂-].*?[\w)\]²])\s*[.;,]?\s*\Z",
    re.IGNORECASE,
)


def slopes_in_words(line: Traced, names: Resolving) -> Iterator[tuple[Traced, Traced]]:
    """`the derivative of σ(x) is …`, `derivative of y where y = σ(x) is …`: dσ(x)/dx = …"""
    for match in _SLOPE_IN_WORDS.finditer(line.text):
        value = line[match.start("value") :]
        items = list(takewhile(lambda item: item.kind not in _ENDS, items_of(value.text, names)))
        if not any(item.kind is Kind.FORMULA for item in items):
            continue
        value = value[: items[-1].end]
        while value.text[-1:] in CLOSES and value.text.count(value.text[-1]) > value.text.count(CLOSES[value.text[-1]]):
            value = value[:-1].stripped()
        of, by = line[slice(*match.span("of"))], match["by"]
        at = of.at[:1]
        left = join((Traced("d(", at * 2), of, Traced(f")/d{by}", of.at[-1:] * (3 + len(by)))))
        yield left, value.sub(EDGES, lambda m: [" "]).stripped()


_ENDS = frozenset((Kind.PROSE, Kind.STOP, Kind.CUT, Kind.COMMA, Kind.EQUALS))
_SLOPE_IN_WORDS = re.compile(
    rf"(?:derivative|slope)[\s{EDGE}]+of[\s{EDGE}]+(?:(?P<name>\w+)[\s{EDGE}]+(?:where|when|if|with|for)[\s{EDGE}]+(?P=name)\s*=\s*)?"
    rf"(?P<of>[^\W\d]\w*\((?P<by>[^\W\d_]\w*)\))[\s{EDGE}]+(?:is|equals)[\s{EDGE}]+(?P<value>[^\s=]+.*)",
    re.IGNORECASE,
)
EDGES = re.compile(EDGE)
