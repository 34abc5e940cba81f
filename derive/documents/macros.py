"""Macros that a document defines, written out where they are used."""

import re

from derive.documents.index import Index
from derive.documents.traced import Traced, join

_COMMAND = re.compile(r"\\([A-Za-z@]+)\*?|\\.", re.DOTALL)
_DEFINES = re.compile(
    r"\\(?:(?:re)?new|provide)command|\\[gex]?def\b|\\let\b|\\DeclareMathOperator|\\DeclarePairedDelimiter"
)
_HEADS = (
    re.compile(
        r"\\(?:(?:re)?new|provide)command\*?\s*\{?\s*\\([A-Za-z@]+)\s*\}?\s*(?:\[(\d)\])?\s*(?:\[([^\[\]\n]*)\])?"
    ),
    re.compile(r"\\[gex]?def\s*\\([A-Za-z@]+)\s*((?:#\d)*)"),
    re.compile(r"\\DeclareMathOperator(\*?)\s*\{?\s*\\([A-Za-z@]+)\s*\}?"),
    re.compile(r"\\DeclarePairedDelimiter\s*\{?\s*\\([A-Za-z@]+)\s*\}?"),
    re.compile(r"\\let\s*\\([A-Za-z@]+)\s*=?\s*(\\[A-Za-z@]+)"),
)
_ARGUMENT = re.compile(r"#(\d)")
_BLANKS = re.compile(r"[ \t]*\n?[ \t]*")
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+\Z")
_DEEPEST = 8
Macro = tuple[int, str | None, str]
"""The number of arguments, what the first is where it is not given, and what is written instead."""


class Macros:
    """The macros known so far; a text is written out with them and may add to them."""

    def __init__(self) -> None:
        self.known: dict[str, Macro] = {}
        self.left = 0

    def written_out(self, text: Traced) -> Traced:
        """A text without its definitions and with every use of them written out, arguments at their own places."""
        if not self.known and not _DEFINES.search(text.text):
            return text
        self.left = 4 * len(text) + 10_000
        return _in_order(self._expanded(text, 0))

    def _expanded(self, text: Traced, depth: int) -> Traced:
        index = Index(text.text)
        parts: list[Traced] = []
        end = 0
        for match in _COMMAND.finditer(text.text):
            start = match.start()
            if start < end:
                continue
            behind = self._defined(index, start)
            use = self.known.get(match.group(1) or "") if behind == start else None
            if behind > start:
                parts.append(text[end:start])
                end = behind
            elif use is not None and depth < _DEEPEST and self.left > 0:
                parts.append(text[end:start])
                written, end = self._use(text, index, start, start + 1 + len(match.group(1)), use)
                self.left -= len(written)
                parts.append(self._expanded(written, depth + 1))
        return join((*parts, text[end:]))

    def _defined(self, index: Index, start: int) -> int:
        """Past a definition that begins at a place; the place itself where none does."""
        if not _DEFINES.match(index.text, start):
            return start
        for number, pattern in enumerate(_HEADS):
            head = pattern.match(index.text, start)
            if head is None:
                continue
            begin, end = head.end(), index.group_end(head.end())
            body = index.text[begin:end].strip()[1:-1]
            if number == 4:
                self.known[head.group(1)] = (0, None, head.group(2))
                return begin
            if end == begin:
                return start
            if number == 0:
                self.known[head.group(1)] = (int(head.group(2) or 0), head.group(3), body)
            elif number == 1:
                self.known[head.group(1)] = (head.group(2).count("#"), None, body)
            elif number == 2:
                self.known[head.group(2)] = (0, None, rf"\operatorname{{{body}}}")
            else:
                begin, end = end, index.group_end(end)
                self.known[head.group(1)] = (1, None, rf"{body} #1 {index.text[begin:end].strip()[1:-1]}")
            return end
        return start

    def _use(self, text: Traced, index: Index, start: int, end: int, macro: Macro) -> tuple[Traced, int]:
        """What is written for a use from start, its arguments from end, and where they end."""
        count, default, body = macro
        place = text.at[start]
        arguments: list[Traced] = []
        if default is not None:
            behind = index.group_end(end) if index.text[end : end + 1] == "[" else end
            arguments.append(text[end + 1 : behind - 1] if behind > end else Traced.put(default, place))
            end = behind
        while len(arguments) < count:
            begin, end = end, _argument_end(index, end)
            argument = text[begin:end].stripped()
            arguments.append(argument[1:-1] if argument.text.startswith("{") else argument)
        parts: list[Traced] = []
        kept = 0
        for match in _ARGUMENT.finditer(body):
            before = body[kept : match.start()]
            number = int(match.group(1)) - 1
            argument = arguments[number] if 0 <= number < len(arguments) else Traced.put("", place)
            is_glued = _ENDS_IN_COMMAND.search(before) and argument.text[:1].isalpha()
            parts += [Traced.put(before + " " * bool(is_glued), place), argument]
            kept = match.end()
        return join((*parts, Traced.put(body[kept:], place))), end


def _argument_end(index: Index, start: int) -> int:
    """Past the argument that begins at start: a group, a command, or one sign."""
    blanks = _BLANKS.match(index.text, start)
    begin = blanks.end() if blanks else start
    if begin in index.closing:
        return index.closing[begin] + 1
    command = _COMMAND.match(index.text, begin)
    return command.end() if command else min(begin + 1, len(index.text))


def _in_order(text: Traced) -> Traced:
    """With places that never go back: an argument that is used twice stands where it is first."""
    at: list[int] = []
    for place in text.at:
        at.append(max(place, at[-1]) if at else place)
    return Traced(text.text, tuple(at))
