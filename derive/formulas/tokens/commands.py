"""Commands of LaTeX that are no names, with the arguments that belong to them, to tokens."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.arguments import COMMAND, argument, group_end
from derive.formulas.signs import (
    ARGUMENTS_DROPPED,
    BLACKBOARD,
    BRACED,
    FACES,
    MATRICES,
    SIGNS,
    SILENT,
    STACKED,
    UPRIGHT,
    WORDED,
    WRAPPERS,
)
from derive.formulas.tokens.token import Token

Made = tuple[list[Token], int]
"""Tokens, and where the text goes on."""
_UNIT = re.compile(r"\s*[^\W\d_]{1,4}(?:[/·^*]-?[^\W_]{1,3})+\s*")
"""Behind a number, cm/s."""
_SHARE = re.compile(r"\s*(?!d\w+/d)(?=[^/]{3}|\w+/\w{3})[^\W\d_]{2,}/[^\W\d_]{2,}\s*")
"""dollars/unit: words, no quotient of names and no dE/dw."""
_PROSE = re.compile(r"(?=.*[^\W\d_]{2})[\w ,.'’:;()-]*", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\s*\{([A-Za-z]+)\*?\}")
_GAPS = frozenset("hspace hspace* hskip kern mkern".split())


class Command(Struct, frozen=True):
    """A command in its text: where it begins and ends, whether that is within delimiters of mathematics, and what
    gives the tokens between two places."""

    text: str
    word: str
    start: int
    end: int
    shown: bool
    scan: Callable[[int, int, bool], list[Token]]

    @property
    def behind(self) -> str:
        """The character behind it."""
        return self.text[self.end : self.end + 1]

    def sign(self, kind: str, value: str, start: int, end: int) -> Token:
        """A token between two places."""
        return Token(kind, value, start, end, shown=self.shown)

    def one(self, kind: str, value: str, end: int = -1) -> Made:
        """The command as one token."""
        end = max(end, self.end)
        return [self.sign(kind, value, self.start, end)], end


def command_at(text: str, place: int, shown: bool, scan: Callable[[int, int, bool], list[Token]]) -> Made:
    """The tokens of the command at a place."""
    match = COMMAND.match(text, place)
    if match is None:
        return [Token("UNKNOWN", "\\", place, place + 1, shown=shown)], place + 1
    command = Command(text, match[1], place, match.end(), shown, scan)
    read = _COMMANDS.get(command.word)
    return command.one("UNKNOWN", match[0]) if read is None else read(command)


def _silent(command: Command) -> Made:
    r"""\left( and \displaystyle are nothing by themselves; \left. is none at all, \big{(} a bracket."""
    if command.word in FACES and command.behind == "{":
        return _wrapped(command)
    if command.word[0] in "bB" and command.behind == "{":
        start, stop, after = argument(command.text, command.end)
        return [
            replace(token, start=command.start, end=after) for token in command.scan(start, stop, command.shown)
        ], after
    return [], command.end + (command.word in ("left", "right") and command.behind == ".")


def _gap(command: Command) -> Made:
    after = argument(command.text, command.end)[2] if command.behind == "{" else command.end
    return command.one("GAP", " ", after)


def _dropped(command: Command) -> Made:
    return [], argument(command.text, command.end)[2] if command.behind in ("{", " ", "[") else command.end


def _braced(command: Command) -> Made:
    r"""\underbrace{a}_{a remark}: the remark is none of the formula."""
    start, stop, after = argument(command.text, command.end)
    if command.text[after : after + 1] == BRACED[command.word]:
        after = argument(command.text, after + 1)[2]
    opened, closed = command.sign("OPEN", "{", command.start, start), command.sign("CLOSE", "}", stop, stop + 1)
    return [opened, *command.scan(start, stop, True), closed], after


def _stacked(command: Command) -> Made:
    r"""\overset{!}{=} is the sign below, \underset{h \to 0}{\lim} a limit; what stands over anything else nobody can
    read.
    """
    above_start, above_stop, above_end = argument(command.text, command.end)
    start, stop, after = argument(command.text, above_end)
    inner = command.scan(start, stop, True)
    if len(inner) == 1 and inner[0].kind == "LIMIT":
        sign = command.sign("LIMIT", "lim", command.start, above_start - 1)
        opened = command.sign("OPEN", "{", above_start - 1, above_start)
        closed = command.sign("CLOSE", "}", above_stop, above_stop + 1)
        return [sign, opened, *command.scan(above_start, above_stop, True), closed], after
    is_sign = len(inner) == 1 and inner[0].kind in ("RELATION", "ARROW")
    return (inner, after) if is_sign else command.one("UNKNOWN", command.word, after)


def _worded(command: Command) -> Made:
    start, stop, after = argument(command.text, command.end)
    if _SHARE.fullmatch(command.text, start, stop):
        return command.one("TEXT", command.text[start:stop], after)
    is_unit = command.text[: command.start].rstrip(" \\,")[-1:].isdigit() and _UNIT.fullmatch(command.text, start, stop)
    if is_unit or _PROSE.fullmatch(command.text, start, stop):
        return command.one("TEXT", command.text[start:stop], after)
    inner = [replace(one, upright=True) for one in command.scan(start, stop, command.text[start:stop].isalpha())]
    return [*inner[:-1], *(replace(one, end=after) for one in inner[-1:])], after


def _wrapped(command: Command) -> Made:
    start, stop, after = argument(command.text, command.end)
    if command.word == "mathbb" and command.text[start:stop] in BLACKBOARD:
        return command.one("UNKNOWN", command.text[command.start : after], after)
    inner = command.scan(start, stop, command.shown)
    if command.word in UPRIGHT:
        inner = [replace(token, upright=True) for token in inner]
    if len(inner) < 2:
        return [replace(token, start=command.start, end=after) for token in inner], after
    if any(token.kind == "COMMA" for token in inner) and command.text[: command.start].rstrip()[-1:] == "(":
        return inner, after  # f(\mathbf{x, y}), of two arguments
    opened, closed = command.sign("OPEN", "{", command.start, start), command.sign("CLOSE", "}", stop, after)
    return [opened, *inner, closed], after


def _environment(command: Command) -> Made:
    r"""A matrix or cases as BEGIN, tokens with AMP and ROW between entries, and END; any other \begin is nothing, and
    so is one of equations below each other.
    """
    text, kind = command.text, _ENVIRONMENT.match(command.text, command.start)
    if kind is None or kind[1] not in MATRICES:
        return [], argument(text, command.end)[2]
    close = text.find(f"\\end{{{kind[1]}", kind.end())
    stop, after = (close, argument(text, close + 4)[2]) if close >= 0 else (len(text), len(text))
    begin = kind.end()
    if kind[1] == "array" and text[begin : begin + 1] == "{":
        begin = group_end(text, begin)
    first, last = command.sign("BEGIN", kind[1], command.start, begin), command.sign("END", kind[1], stop, after)
    inner = command.scan(begin, stop, True)
    if _are_equations(inner):
        return inner, after
    return [first, *_without_stops((*inner, last))], after


def _are_equations(tokens: Iterable[Token]) -> bool:
    """Whether each row is an equation: a sign of equality stands in its first cell, or begins the second one."""
    rows: list[list[str]] = [[]]
    for token in tokens:
        if token.kind == "ROW":
            rows.append([])
        else:
            rows[-1].append(token.kind)
    first = (row[: row.index("AMP") + 2] if "AMP" in row else row for row in rows if row)
    return all("RELATION" in row and "TEXT" not in row[: row.index("RELATION")] for row in first)


def _without_stops(tokens: Sequence[Token]) -> Iterator[Token]:
    """The entries of a matrix or of cases without the comma or the stop behind each."""
    for token, after in zip(tokens, (*tokens[1:], tokens[-1]), strict=True):
        if not (token.kind in ("STOP", "COMMA") and after.kind in ("AMP", "ROW", "END")):
            yield token


def _fraction(command: Command) -> Made:
    r"""\frac{a}{b}; in \frac xy and \frac d{dx} one sign alone stands as if it stood in braces."""
    made, end = command.one("FRACTION", "")
    for _ in range(2):
        start, stop, after = argument(command.text, end)
        if start == stop or after > len(command.text):
            break
        opened, closed = command.sign("OPEN", "{", end, start), command.sign("CLOSE", "}", stop, after)
        made, end = [*made, opened, *command.scan(start, stop, command.shown), closed], after
    return made, end


def _sign(command: Command) -> Made:
    return command.one(*SIGNS[command.word])


_COMMANDS: Mapping[str, Callable[[Command], Made]] = MappingProxyType({
    **dict.fromkeys(SIGNS, _sign),
    **dict.fromkeys((word for word, (kind, _) in SIGNS.items() if kind == "FRACTION"), _fraction),
    **dict.fromkeys(WRAPPERS, _wrapped),
    **dict.fromkeys(WORDED, _worded),
    **dict.fromkeys(("begin", "end"), _environment),
    **dict.fromkeys(STACKED, _stacked),
    **dict.fromkeys(BRACED, _braced),
    **dict.fromkeys(ARGUMENTS_DROPPED, _dropped),
    **dict.fromkeys(_GAPS, _gap),
    **dict.fromkeys(SILENT, _silent),
})  # fmt: skip
"""What reads each command; of a command in two tables the last one."""
