"""What stands before a line: signs of quotations, headings, list items and remarks."""

import re

from msgspec import Struct

QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_HEADING = re.compile(r"[ \t]*#{1,6}(?=[ \t\n]|\Z)[ \t]*")
_REMARK = re.compile(r"[ \t]*//+[ \t]*")
_RULE = re.compile(r"[ \t]*(?:={3,}|-{3,}|\*{3,}|_{3,}|(?:\*[ \t]+){2,}\*|(?:-[ \t]+){2,}-)[ \t]*(?=\n|\Z)")
_DEFINED_LINK = re.compile(r"[ \t]*\[[^\[\]\n]{1,200}\]:[ \t]*(?:https?://|www\.|#|\.{0,2}/)\S*[^\n]*")
_SIGN = re.compile(r"[ \t]*([*+•·▪►➢‣◦-])[ \t]+")
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_NUMBER = re.compile(r"[ \t]*(\(?)(\d{1,2}|[ivx]{1,4}|[a-h])(?:[.)]|[ \t]+-(?=[ \t]))[ \t]+")
_LINE = re.compile(r"[^\n]*")
_SAYS = re.compile(r"[=≈←:?]|(?<![\w\\])[^\W\d_]{3,}(?![\w(])|\\[(\[]|\$|[\u2e80-\uffef]")
"""A relation, a word, a marked formula: what an item says and a term does not."""
_OPERATOR = re.compile(r"[=+*/^·×)−-]")


class Margin(Struct, frozen=True):
    """Where a line's own text begins, and what stands before it."""

    end: int
    is_quoted: bool = False
    is_heading: bool = False
    is_item: bool = False


def margin(text: str, place: int) -> Margin:
    """What stands before the line that begins at a place.

    A sign before a term is the operator of a formula that goes on: an item says something, or its neighbours do.
    """
    quote = QUOTE.match(text, place)
    start = quote.end() if quote else place
    quoted = quote is not None
    skipped = _RULE.match(text, start) or _DEFINED_LINK.match(text, start)
    if skipped:
        return Margin(skipped.end(), quoted, is_heading=True)
    heading = _HEADING.match(text, start)
    if heading:
        return Margin(heading.end(), quoted, is_heading=True)
    remark = _REMARK.match(text, start)
    if remark:
        return Margin(remark.end(), quoted)
    end = _item_end(text, start)
    return Margin(end, quoted, is_item=end > start)


def _item_end(text: str, start: int) -> int:
    """Past the signs of an item: `- `, `* 1. `, `(a) `."""
    end = start
    for _ in range(3):
        sign = _SIGN.match(text, end)
        number = None if sign else _NUMBER.match(text, end)
        if sign and _is_item(text, end, sign):
            end = sign.end()
            task = _TASK.match(text, end)
            end = task.end() if task else end
        elif number and not (
            _OPERATOR.match(text, number.end()) and (number.group(1) or not number.group(2).isdigit())
        ):
            end = number.end()
        else:
            break
    return end


def _is_item(text: str, start: int, sign: re.Match[str]) -> bool:
    if sign.group(1) not in "*+-·" or _SAYS.search(_line(text, sign.end())):
        return True
    before = text.rfind("\n", 0, max(start - 1, 0)) + 1
    if not text[before:start].strip() and sign.group(1) != "-":
        return True
    behind = text.find("\n", sign.end()) + 1
    return any(
        (other := _SIGN.match(text, place)) is not None
        and other.group().strip() == sign.group().strip()
        and _SAYS.search(_line(text, other.end())) is not None
        for place in ((before,) if start else ()) + ((behind,) if behind else ())
    )


def _line(text: str, place: int) -> str:
    found = _LINE.match(text, place, place + 2_000)
    return found.group() if found else ""
