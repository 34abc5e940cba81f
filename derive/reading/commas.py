"""Decimal commas: 0,05 is 0.05 where the document writes its numbers so."""

import re

from derive.reading.traced import Traced

_BRACED = re.compile(r"(?<=\d)\{,\}(?=\d)")
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,9}),(\d+)(?![\w,]|\.\d)")
_SURE = re.compile(
    r"(?<![\w.,])0,\d\d+(?![\w,]|\.\d)|(?<![\w.,])0,\d+(?=\s*[*·×+/^])|[*·×+/]\s*0,\d+(?![\w,]|\.\d)|\\cdot\s*0,\d"
)
_POINT = re.compile(r"(?<![\w.])\d*\.\d+(?![\w.])")
_IN_NUMBER = re.compile(r"(?<![\w.])\d+\Z")


def with_points(source: Traced) -> Traced:
    """The text with decimal points, where some of its numbers can only have decimal commas and none has a point."""
    source = source.sub(_BRACED, lambda match: ["."])
    if "," not in source.text or not _SURE.search(source.text):
        return source
    equations = "\n".join(line for line in source.text.split("\n") if "=" in line)
    if _POINT.search(equations):
        return source
    return source.sub(_NUMBER, lambda match: [match.span(1), ".", match.span(2)])


def is_in_number(text: str, place: int) -> bool:
    """Whether a comma stands in 0,05 without a blank: a decimal comma or a list, so that it parts no formula."""
    return text[place + 1 : place + 2].isdigit() and _IN_NUMBER.search(text[:place]) is not None
