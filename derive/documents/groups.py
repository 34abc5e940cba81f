"""Groups in braces and brackets."""

import re

_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BLANK = re.compile(r"\s*")
_SIGNS = {"{": re.compile(r"\\.|[{}]", re.DOTALL), "[": re.compile(r"\\.|[\[\]]", re.DOTALL)}
LONGEST_GROUP = 20_000


def closing_braces(text: str) -> dict[int, int]:
    """Where each brace that is closed opens, and where it closes."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for match in _BRACES.finditer(text):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "}" and opened:
            found[opened.pop()] = match.start()
    return found


def group_end(text: str, start: int) -> int:
    """Past the group in braces or brackets that begins behind start; start where none does."""
    first = _BLANK.match(text, start)
    begin = first.end() if first else start
    opened = text[begin : begin + 1]
    if opened not in _SIGNS:
        return start
    level = 0
    for match in _SIGNS[opened].finditer(text, begin, begin + LONGEST_GROUP):
        if match.group() == opened:
            level += 1
        elif len(match.group()) == 1:
            level -= 1
            if not level:
                return match.end()
    return start
