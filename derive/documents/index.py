"""Where signs stand in a text, each looked for once, so that a heap of openers costs no more than one."""

import re
from bisect import bisect_left
from functools import cached_property

_BLANK_LINE = re.compile(r"\n[ \t>]*(?=\n)")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BLANKS = re.compile(r"\s*")
_COMMAND = re.compile(r"\\[A-Za-z]{2}")
_OPTION = re.compile(r"\[[^\[\]\n]{0,200}\]")
_SPAN = re.compile(r"<(/?)span\b[^<>]*>")
_LOWER = {number: number + 32 for number in range(ord("A"), ord("Z") + 1)}


class Index:
    """A text's signs, lines and groups by their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[str, tuple[int, int]] = {}

    def find(self, sign: str, start: int, limit: int | None = None) -> int:
        """Where a sign stands next, -1 where it does not or not before a limit."""
        return self._next(sign, self.text, start, limit)

    def find_tag(self, name: str, start: int) -> int:
        """Where a closing tag stands next, in whatever case; -1 where none does."""
        return self._next(f"</{name}>", self._lower, start, None)

    def _next(self, sign: str, text: str, start: int, limit: int | None) -> int:
        begin, found = self._found.get(sign, (len(text) + 1, -1))
        if not (begin <= start and (found < 0 or found >= start)):
            found = text.find(sign, start)
            self._found[sign] = start, found
        return -1 if limit is not None and found >= limit else found

    def line_end(self, place: int) -> int:
        """Where the line ends."""
        found = self.find("\n", place)
        return len(self.text) if found < 0 else found

    def has_blank_line(self, start: int, end: int) -> bool:
        """Whether a paragraph ends between two places."""
        return self.paragraph_end(start) < end

    def paragraph_end(self, place: int) -> int:
        """Where the paragraph ends."""
        number = bisect_left(self._blank_lines, place)
        return self._blank_lines[number] if number < len(self._blank_lines) else len(self.text)

    def is_alone(self, start: int, end: int) -> bool:
        """Whether nothing but blanks stands beside a sign on its line."""
        before = self.text[max(0, start - 80) : start].rpartition("\n")[2]
        return not before.strip(" \t>") and not self.text[end : min(self.line_end(end), end + 80)].strip()

    def group_end(self, start: int) -> int:
        """Past the group or the option in brackets that begins behind a place; the place where none does."""
        first = _BLANKS.match(self.text, start)
        begin = first.end() if first else start
        option = _OPTION.match(self.text, begin)
        return option.end() if option else self.closing[begin] + 1 if begin in self.closing else start

    @cached_property
    def closing(self) -> dict[int, int]:
        """Where each brace that is closed opens, and where it closes."""
        opened: list[int] = []
        found: dict[int, int] = {}
        for match in _BRACES.finditer(self.text):
            if match.group() == "{":
                opened.append(match.start())
            elif match.group() == "}" and opened:
                found[opened.pop()] = match.start()
        return found

    @cached_property
    def has_latex(self) -> bool:
        """Whether there is any command of LaTeX's."""
        return _COMMAND.search(self.text) is not None

    @cached_property
    def spans(self) -> dict[int, int]:
        """Where each HTML span that is closed begins, behind its tag, and where it ends."""
        opened: list[int] = []
        found: dict[int, int] = {}
        for match in _SPAN.finditer(self._lower):
            if not match.group(1):
                opened.append(match.end())
            elif opened:
                found[opened.pop()] = match.end()
        return found

    @cached_property
    def _blank_lines(self) -> list[int]:
        return [match.start() for match in _BLANK_LINE.finditer(self.text)]

    @cached_property
    def _lower(self) -> str:
        return self.text.translate(_LOWER)
