"""Commands of LaTeX in a text: where they end, and where their arguments do."""

import re

from derive.formulas.signs import DECORATIONS, WRAPPERS

COMMAND = re.compile(r"\\([A-Za-z]+(?:\*(?=\s*\{))?|.)", re.DOTALL)


def argument(text: str, place: int) -> tuple[int, int, int]:
    """Where the argument of a command begins and ends, its braces not counted, and where the text goes on."""
    while place < len(text) and text[place] in " \n":
        place += 1
    if text[place : place + 1] == "{":
        end = group_end(text, place)
        return place + 1, end - 1, end
    if text[place : place + 1] == "\\":
        match = COMMAND.match(text, place)
        end = match.end() if match else place + 1
        if match and (match[1] in DECORATIONS or match[1] in WRAPPERS):
            end = argument(text, end)[2]
        return place, end, end
    return place, min(place + 1, len(text)), min(place + 1, len(text))


def group_end(text: str, start: int) -> int:
    """Past the brace that closes the one at `start`; past the text's end where none does."""
    level, place = 0, start
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 2
            continue
        level += (char == "{") - (char == "}")
        place += 1
        if level == 0:
            return place
    return len(text) + 1
