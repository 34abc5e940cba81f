"""Fences of program text, and reStructuredText's directives: where they open and close."""

import re

from msgspec import Struct

_LINE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*([^`\n]*)(?:\n|\Z)", re.MULTILINE)

_DIRECTIVE = re.compile(r"^([ \t]*)\.\. math::((?:[^\n]*\n)(?:\1[ \t]+[^\n]*(?:\n|\Z)|[ \t]*\n)*)", re.MULTILINE)


class Fence(Struct, frozen=True):
    """A fence from the line that opens it to the end of that which closes it, the text between, and its language."""

    start: int
    begin: int
    close: int
    end: int
    language: str


def fences(text: str) -> dict[int, Fence]:
    """The fences of a text by the place at which their first line begins; one that is not closed is empty."""
    found = {
        match.start(): Fence(match.start(), match.start(2), match.end(2), match.end(2), "math")
        for match in _DIRECTIVE.finditer(text)
    }
    if "```" not in text and "~~~" not in text:
        return found
    opened: re.Match[str] | None = None
    longest = {"`": 0, "~": 0}
    lines = list(_LINE.finditer(text))
    for line in lines:
        if not line.group(2).strip():
            longest[line.group(1)[0]] = max(longest[line.group(1)[0]], len(line.group(1)))
    for line in lines:
        sign = line.group(1)
        if opened is None:
            if len(sign) > longest[sign[0]]:
                found[line.start()] = Fence(line.start(), line.end(), line.end(), line.end(), "")
            else:
                opened = line
        elif sign.startswith(opened.group(1)) and not line.group(2).strip():
            found[opened.start()] = _fence(opened, line.start(), line.end())
            opened = None
        elif sign == opened.group(1):  # one that opens again: nobody closed the first
            found[opened.start()] = Fence(opened.start(), opened.end(), opened.end(), opened.end(), "")
            opened = line
    if opened is not None:
        found[opened.start()] = Fence(opened.start(), opened.end(), opened.end(), opened.end(), "")
    return found


def _fence(opened: re.Match[str], close: int, end: int) -> Fence:
    language = opened.group(2).strip().strip("{}.").split()
    return Fence(opened.start(), opened.end(), close, end, language[0].lower() if language else "")
