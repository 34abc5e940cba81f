"""Macros that a document defines, written out; groups and arguments of LaTeX."""

import re

from derive.reading.traced import Traced, join

COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_NEWCOMMAND = re.compile(
    r"\\(?:(?:re)?new|provide)command\*?\s*\{?\\([A-Za-z]+)\}?(?:\[(\d)\])?\s*(?=\{)|\\def\s*\\([A-Za-z]+)((?:#\d)*)\s*(?=\{)"
)
_MOST_EXPANSIONS = 20_000


def expand_macros(source: Traced) -> Traced:
    """The text without its \\newcommand and \\def lines, every use of them written out."""
    macros: dict[str, tuple[int, str]] = {}
    kept: list[Traced] = []
    end = 0
    for match in _NEWCOMMAND.finditer(source.text):
        if match.start() < end:
            continue
        body_end = group_end(source.text, match.end())
        name = match.group(1) or match.group(3)
        count = int(match.group(2) or 0) or (match.group(4) or "").count("#")
        macros[name] = (count, source.text[match.end() + 1 : body_end - 1])
        kept.append(source[end : match.start()])
        end = body_end
    if not macros:
        return source
    expanded = join((*kept, source[end:]))
    pattern = re.compile(r"\\(" + "|".join(map(re.escape, macros)) + r")(?![A-Za-z])")
    for _ in range(_MOST_EXPANSIONS):
        use = pattern.search(expanded.text)
        if use is None:
            break
        count, body = macros[use.group(1)]
        place, end = expanded.place(use.start()), use.end()
        for number in range(1, count + 1):
            start, end = end, argument_end(expanded.text, end)
            body = body.replace(f"#{number}", expanded.text[start:end].strip().removeprefix("{").removesuffix("}"))
        expanded = join((expanded[: use.start()], Traced(body, (place,) * len(body)), expanded[end:]))
        if len(expanded) > 4 * len(source) + 10_000:
            break
    return expanded


def argument_end(text: str, start: int) -> int:
    """Past the argument that begins at start: a group, a command, or one character."""
    while start < len(text) and text[start] in " \n":
        start += 1
    if start >= len(text):
        return start
    if text[start] in "{[":
        return group_end(text, start)
    if text[start] == "\\":
        match = COMMAND.match(text, start)
        return match.end() if match else start + 1
    return start + 1


def group_end(text: str, start: int) -> int:
    """Past the bracket that closes the one at start; the end of the text where none does."""
    opened = text[start : start + 1]
    close = {"{": "}", "[": "]"}.get(opened, "")
    level = 0
    place = start
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 2
            continue
        if char == opened:
            level += 1
        elif char == close:
            level -= 1
            if level == 0:
                return place + 1
        place += 1
    return len(text)
