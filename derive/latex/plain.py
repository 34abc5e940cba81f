r"""LaTeX without macros of our own: each is put in, so that KaTeX, MathJax and Markdown read every formula by itself.

    \nnpartial{\nnE{1}}{\nnw{5}}  ->  \frac{\partial E_{1}}{\partial w_{5}}
"""

import re
from collections.abc import Iterable, Mapping

_DEFINITION = re.compile(r"\\providecommand\{\\(\w+)\}(?:\[(\d)\])?\{(.*)\}\Z")
_MACRO = re.compile(r"\\([A-Za-z]+)")
_ENDS_IN_MACRO = re.compile(r"\\[A-Za-z]+\Z")
Macros = Mapping[str, tuple[int, str]]
"""A macro's name to the number of its arguments and its body."""


def macros_of(definitions: Iterable[str]) -> Macros:
    r"""The macros that some lines `\providecommand{\name}[2]{body}` define."""
    found = (_DEFINITION.match(line) for line in definitions)
    return {one[1]: (int(one[2] or 0), one[3]) for one in found if one is not None}


def put_in(text: str, macros: Macros) -> str:
    """A text in which no macro of these stands any more."""
    written, place = [], 0
    while (found := _MACRO.search(text, place)) is not None:
        written.append(text[place : found.start()])
        place = found.end()
        if found[1] not in macros:
            written.append(found[0])
            continue
        count, body = macros[found[1]]
        arguments = []
        for _ in range(count):
            argument, place = group(text, place)
            arguments.append(argument)
        for number, argument in enumerate(arguments, start=1):
            body = body.replace(f"#{number}", argument)
        glued = _ENDS_IN_MACRO.search(body) is not None and text[place : place + 1].isalpha()
        written.append(put_in(body, macros) + " " * glued)
    return "".join(written) + text[place:]


def group(text: str, place: int) -> tuple[str, int]:
    """What stands in the braces at a place, and the place behind them."""
    depth = 0
    for at in range(place, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0) if text[at - 1 : at] != "\\" else 0
        if depth == 0:
            return text[place + 1 : at], at + 1
    raise ValueError(f"a brace is not closed: {text[place : place + 20]}")
